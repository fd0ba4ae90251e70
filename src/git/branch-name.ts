import { CanaryError } from '../errors.ts';

/**
 * Rejects names that git itself would reject (git-check-ref-format(1)) or could take for an option;
 * returns the full name of the ref, which no command can misread.
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
    // Git uses the name as a file name, temporarily with `.lock` after it.
    name.split('/').some((part) => Buffer.byteLength(part) > 250) ||
    name.split('/').some((part) => part.startsWith('.') || part.endsWith('.lock'));
  if (bad) {
    throw new CanaryError('branch-name-unsafe', `\`${name}\` is not a branch name.`, {
      hint: 'Use letters, digits, `-`, `_`, `.` and `/`, beginning with a letter or digit.',
    });
  }
  return `refs/heads/${name}`;
}

/**
 * An existing branch that prevents a branch `name`: git stores `a` as a file, and `a/b` in a folder
 * of that name.
 */
export function conflictingBranch(name: string, branches: readonly string[]): string | undefined {
  return branches.find((each) => each.startsWith(`${name}/`) || name.startsWith(`${each}/`));
}
