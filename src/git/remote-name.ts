import { CanaryError } from '../errors.ts';

/**
 * Rejects names of remotes that git would reject or could take for an option, a path or a URL;
 * returns the name.
 */
export function remoteName(name: string): string {
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u.test(name) && !/\.\.|\.lock$|\.$/.test(name)) return name;
  throw new CanaryError('remote-unusable', `\`${name}\` is not a name for a remote.`, {
    hint: 'Use letters, digits, `-`, `_` and `.`, beginning with a letter or digit.',
  });
}
