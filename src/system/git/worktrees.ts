import { mkdir, rm } from 'node:fs/promises';
import { dirname, resolve as resolvePath } from 'node:path';
import { exists, readIfExists } from '../files.ts';
import { resolve } from './history.ts';
import { root } from './location.ts';
import { amongOthers, runGit, WITHOUT_HOOKS } from './run.ts';

const runAmongOthers = amongOthers(runGit);

/**
 * Checks a commit out in a folder of its own, with no branch. Never prunes: a worktree of the user's on a
 * disk that is away for now would be lost.
 */
export async function addWorktree(directory: string, path: string, commit: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  // Twice forced: an entry that a killed process left is locked.
  const add = ['worktree', 'add', '--force', '--force', '--detach', '--', path, commit];
  await runAmongOthers(directory, [...WITHOUT_HOOKS, ...add]);
}

export async function removeWorktree(directory: string, path: string): Promise<void> {
  // The folder first: git does not remove one that it did not finish making.
  await rm(path, { recursive: true, force: true });
  await forget(directory, path);
}

/** Takes git's entries away of our worktrees under a folder that somebody deleted. */
export async function forgetMissing(directory: string, home: string): Promise<void> {
  const listed = (await worktrees(directory)).map((each) => each.path);
  for (const path of listed.filter((each) => each.startsWith(`${home}/`))) {
    if (!(await exists(path))) await forget(directory, path);
  }
}

async function forget(directory: string, path: string): Promise<void> {
  // Twice forced, as above. It fails where there is no such entry.
  const remove = ['worktree', 'remove', '--force', '--force', '--', path];
  await runAmongOthers(directory, remove).catch(() => undefined);
}

/** Whether a folder is a worktree that holds exactly this commit; a checkout that was cut off does not. */
export async function holds(tree: string, commit: string): Promise<boolean> {
  try {
    const top = await root(tree);
    const isAtCommit = top === tree && (await resolve(tree, 'HEAD')) === commit;
    return isAtCommit && (await runGit(tree, ['status', '--porcelain', '-uno'])) === '';
  } catch {
    return false;
  }
}

/** The working tree in which a branch is checked out, if any. */
export async function checkedOutAt(directory: string, ref: string): Promise<string | undefined> {
  const all = await worktrees(directory);
  const onIt = all.find((each) => each.ref === ref);
  if (onIt) return onIt.path;
  // In a rebase git calls the tree detached, and moves the branch when that has ended.
  for (const { path } of all.filter((each) => each.isDetached)) {
    if ((await rebasing(path)) === ref) return path;
  }
  return undefined;
}

async function worktrees(directory: string) {
  const listed = await runAmongOthers(directory, ['worktree', 'list', '--porcelain']);
  return listed.split('\n\n').map((block) => ({
    path: block.split('\n')[0]?.replace(/^worktree /, '') ?? '',
    ref: /^branch (.*)$/m.exec(block)?.[1],
    isDetached: /^detached$/m.test(block),
  }));
}

/** The branch that a rebase under way in a working tree will move. */
async function rebasing(tree: string): Promise<string | undefined> {
  for (const kind of ['rebase-merge', 'rebase-apply']) {
    const args = ['rev-parse', '--git-path', `${kind}/head-name`];
    const file = await runGit(tree, args).catch(() => '');
    const name = file ? await readIfExists(resolvePath(tree, file.trim())) : undefined;
    if (name) return name.trim();
  }
  return undefined;
}
