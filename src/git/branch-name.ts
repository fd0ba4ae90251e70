import { CanaryError } from '../errors.ts';

/**
 * Refuses names git itself would refuse (git-check-ref-format(1)) or could take for an option;
 * returns the full name of the ref, which no command can mistake.
 */
export function branchRef(name: string): string {
  const bad =
    name === '' ||
    name.startsWith('-') ||
    name.startsWith('/') ||
    name.endsWith('/') ||
    name.endsWith('.') ||
    name === '@' ||
    name === 'HEAD' ||
    /\.\.|@\{|\/\/|[\s~^:?*[\\]|\p{Cc}/u.test(name) ||
    // A name is a file's name for git, with `.lock` behind it for a while.
    name.split('/').some((part) => Buffer.byteLength(part) > 250) ||
    name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  if (bad) {
    throw new CanaryError('branch-name-unsafe', `\`${name}\` is not a branch name.`, {
      hint: 'Use letters, digits, `-`, `_`, `.` and `/`, beginning with a letter or digit.',
    });
  }
  return `refs/heads/${name}`;
}

/** A branch beside which `name` cannot be: git keeps `a` as a file and `a/b` in a folder of that name. */
export function conflictingBranch(name: string, branches: readonly string[]): string | undefined {
  return branches.find((each) => each.startsWith(`${name}/`) || name.startsWith(`${each}/`));
}
