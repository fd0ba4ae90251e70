import { join } from 'node:path';
import { CanaryError } from '../../errors.ts';
import { writeFile } from '../disk.ts';
import { gitDirectory } from './location.ts';
import { type Failure, runGit, succeeds, zeroed } from './run.ts';

const COMMIT_FAILED = {
  code: 'commit-failed',
  message: 'git refused the commit.',
  hint: 'Its message is above; often `git config user.name` and `user.email` are missing, or a hook rejected it.',
} as const satisfies Failure;

/** Where git reads a patch from; it goes with the tree. */
async function patchFile(tree: string, text: string): Promise<string> {
  const path = join(await gitDirectory(tree), 'canary.patch');
  await writeFile(path, text, { encoding: 'latin1', mode: 0o600 });
  return path;
}

/**
 * Commits a mail, in Latin-1, with its own author, date and message; returns the paths in conflict, none when it is
 * done.
 */
export async function applyMail(tree: string, text: string, threeWay: boolean): Promise<string[]> {
  const patch = await patchFile(tree, text);
  const mode = threeWay ? '--3way' : '--no-3way';
  const am = ['am', '--quiet', '--keep-cr', mode, '--', patch];
  try {
    return await conflictsOf(tree, am, ['am', '--abort']);
  } catch (error) {
    const isSound = await succeeds(runGit(tree, ['apply', '--check', '--', patch]));
    if (!isSound || !(error instanceof CanaryError)) throw error;
    // The patch applies, so the commit failed: a hook, a signature, an unknown committer.
    const { code, message, hint } = COMMIT_FAILED;
    throw new CanaryError(code, message, { hint, details: error.details, cause: error });
  }
}

/** Applies a plain diff to tree and index; returns the paths in conflict, none when it is done. */
export async function applyDiff(tree: string, text: string, threeWay: boolean): Promise<string[]> {
  const patch = await patchFile(tree, text);
  const apply = ['apply', '--index', ...(threeWay ? ['--3way'] : []), '--', patch];
  return conflictsOf(tree, apply, ['reset', '--quiet', '--hard', '--no-recurse-submodules']);
}

/** Merges a commit into a detached tree; returns the paths in conflict, none when it is done. */
export function merge(tree: string, commit: string, message: string): Promise<string[]> {
  const args = ['merge', '--quiet', '--no-ff', `--message=${message}`, commit];
  return conflictsOf(tree, args, ['merge', '--abort']);
}

/** The paths in conflict that a command left; what it began is undone. */
async function conflictsOf(
  tree: string,
  command: readonly string[],
  undo: readonly string[],
): Promise<string[]> {
  try {
    await runGit(tree, command);
    return [];
  } catch (error) {
    const conflicts = zeroed(await runGit(tree, ['diff', '--name-only', '--diff-filter=U', '-z']));
    await runGit(tree, undo).catch(() => undefined);
    if (conflicts.length > 0) return conflicts;
    throw withoutAdvice(error);
  }
}

const ADVICE =
  /^(hint:|when you have resolved|if you prefer to skip|to restore the original|the copy of the patch|use '?git am|resolve all conflicts)/i;

/** What git advises is about a tree of canary's that is gone by then. */
function withoutAdvice(error: unknown): unknown {
  if (!(error instanceof CanaryError)) return error;
  const { code, message, details, hint, cause } = error;
  const said = details.filter((line) => !ADVICE.test(line));
  return new CanaryError(code, message, { details: said, cause, ...(hint ? { hint } : {}) });
}

/** Whether a tree already holds what a patch changes. */
export async function hasApplied(tree: string, text: string): Promise<boolean> {
  const patch = await patchFile(tree, text);
  return succeeds(runGit(tree, ['apply', '--reverse', '--check', '--', patch]));
}

/** Whether the index holds anything that is not committed. */
export async function hasStaged(tree: string): Promise<boolean> {
  return (await runGit(tree, ['diff', '--cached', '--name-only', '-z'])) !== '';
}

/** Commits what is in the index, with the repository's hooks and signing settings. */
export async function commit(tree: string, message: string, ...only: string[]): Promise<string> {
  await runGit(tree, ['commit', '--quiet', `--message=${message}`, ...only], COMMIT_FAILED);
  return (await runGit(tree, ['rev-parse', 'HEAD'])).trim();
}

/** Puts files of a tree into its index as they are now. */
export async function stage(tree: string, paths: readonly string[]): Promise<void> {
  await runGit(tree, ['add', '--', ...paths]);
}

/** Commits one file and nothing else, whatever else is staged. */
export async function commitFile(tree: string, path: string, message: string): Promise<string> {
  await stage(tree, [path]);
  return commit(tree, message, '--only', '--', path);
}

/** Takes a new file out of the index. */
export async function unstage(tree: string, path: string): Promise<void> {
  await runGit(tree, ['rm', '--cached', '--quiet', '--ignore-unmatch', '--', path]);
}

/** Gives tree and index exactly the files of another commit. */
export async function takeTree(tree: string, commit: string): Promise<void> {
  // Whatever `submodule.recurse` says: a scratch tree has no submodules.
  await runGit(tree, ['read-tree', '--reset', '-u', '--no-recurse-submodules', commit]);
}

/** Reverts commits in tree and index, newest first, without committing; a merge to its first parent. */
export async function revert(
  tree: string,
  commits: readonly string[],
  isMerge = false,
): Promise<void> {
  try {
    const mainline = isMerge ? ['--mainline', '1'] : [];
    await runGit(tree, ['revert', '--no-commit', ...mainline, ...commits]);
  } catch (error) {
    await runGit(tree, ['revert', '--abort']).catch(() => undefined);
    throw withoutAdvice(error);
  }
}
