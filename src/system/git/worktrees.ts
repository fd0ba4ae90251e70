import { dirname, join, resolve as resolvePath } from 'node:path';
import { mkdir, rm } from '../disk.ts';
import { exists, readIfExists } from '../files.ts';
import { resolve } from './history.ts';
import { worktreeOf } from './own-worktree.ts';
import { amongOthers, runGit, WITHOUT_HOOKS, type Worktree } from './run.ts';

const runAmongOthers = amongOthers(runGit);

/**
 * Checks out a commit in its own folder, with no branch. Never prunes: a user's worktree on a disk that is
 * not mounted at the moment would be lost.
 */
export async function addWorktree(directory: string, path: string, commit: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true, mode: 0o700 });
  // Forced twice: an entry that a killed process left is locked.
  const add = ['worktree', 'add', '--force', '--force', '--detach', '--', path, commit];
  await runAmongOthers(directory, [...WITHOUT_HOOKS, ...add]);
}

export async function removeWorktree(directory: string, path: string): Promise<void> {
  // The folder first: git does not remove one that it did not finish creating.
  await rm(path, { recursive: true, force: true });
  await forget(directory, path);
}

/** Removes git's entries of deleted worktrees below a folder of canary's. */
export async function forgetMissing(directory: string, home: string): Promise<void> {
  const listed = (await worktrees(directory)).map((each) => each.path);
  for (const path of listed.filter((each) => each.startsWith(`${home}/`))) {
    if (!(await exists(path))) await forget(directory, path);
  }
}

async function forget(directory: string, path: string): Promise<void> {
  // Forced twice, as above. It fails if there is no such entry.
  const remove = ['worktree', 'remove', '--force', '--force', '--', path];
  await runAmongOthers(directory, remove).catch(() => undefined);
}

/** Whether a worktree of a repository holds exactly this commit; a checkout that was cut off does not. */
export async function holds(repository: string, tree: string, commit: string): Promise<boolean> {
  try {
    return await isAt(await worktreeOf(repository, tree), commit);
  } catch {
    return false;
  }
}

/** The same without its submodules: git would ask each through the `.git` in it. */
export async function isAt(worktree: Worktree, commit: string): Promise<boolean> {
  try {
    if (!(await exists(join(worktree.tree, '.git')))) return false;
    if ((await resolve(worktree, 'HEAD')) !== commit) return false;
    const status = ['status', '--porcelain', '-uno', '--ignore-submodules=all'];
    return (await runGit(worktree, status)) === '';
  } catch {
    return false;
  }
}

/** The working tree in which a branch is checked out, if any. */
export async function checkedOutAt(directory: string, ref: string): Promise<string | undefined> {
  const all = await worktrees(directory);
  const onIt = all.find((each) => each.ref === ref);
  if (onIt) return onIt.path;
  // During a rebase git reports the tree as detached, and moves the branch when the rebase has ended.
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
