import { join } from 'node:path';
import { lstat } from '../disk.ts';
import { changedPaths } from './history.ts';
import { runGit, succeeds, zeroed } from './run.ts';

/** Creates a branch that must not exist yet, without switching to it. */
export async function createBranch(directory: string, ref: string, commit: string): Promise<void> {
  const absent = '0'.repeat(commit.length);
  await runGit(directory, ['update-ref', '-m', 'canary', '--', ref, commit, absent]);
}

/** Moves a branch that is checked out nowhere, if it still is at `from`; throws `branch-moved`. */
export async function moveBranch(
  directory: string,
  ref: string,
  from: string,
  to: string,
): Promise<void> {
  await runGit(directory, ['update-ref', '-m', 'canary', '--', ref, to, from], {
    code: 'branch-moved',
    message: `${ref} moved while canary was working.`,
    hint: 'Run the command again; it starts from where the branch is now.',
  });
}

export async function removeBranch(directory: string, ref: string, from: string): Promise<void> {
  await runGit(directory, ['update-ref', '-m', 'canary', '-d', ref, from], {
    code: 'branch-moved',
    message: `${ref} moved while canary was working.`,
  });
}

/** Moves the branch checked out in a working tree forward, files included. */
export async function fastForward(tree: string, to: string): Promise<void> {
  // Without the last flag git treats ignored files, such as `.env`, as worthless and overwrites them.
  await runGit(tree, ['merge', '--ff-only', '--quiet', '--no-overwrite-ignore', to], {
    code: 'branch-moved',
    message: `The branch checked out in ${tree} could not be moved forward.`,
    hint: 'Commit or stash what is in the way, then run the command again.',
  });
}

/** Moves whatever a working tree is on to a commit, files included; fails if local changes are in the way. */
export async function moveTree(tree: string, commit: string): Promise<void> {
  await runGit(tree, ['reset', '--quiet', '--keep', commit], {
    code: 'local-changes-in-the-way',
    message: `Local changes in ${tree} are in the way.`,
    hint: 'Commit or stash them there, then try again.',
  });
}

/** Puts a working tree that is on no branch on one that points to the same commit. */
export async function attach(tree: string, ref: string): Promise<void> {
  await runGit(tree, ['symbolic-ref', '-m', 'canary', 'HEAD', ref]);
}

/** Paths in the way of moving a working tree from one commit to another, including files that git ignores. */
export async function changesInTheWay(tree: string, from: string, to: string): Promise<string[]> {
  const changing = new Set(await changedPaths(tree, from, to));
  const status = await runGit(tree, ['status', '--porcelain', '--no-renames', '-uall', '-z']);
  const local = zeroed(status).map((entry) => entry.slice(3));
  // Status does not report ignored files; what the commit adds must not exist there already.
  const added = await changedPaths(tree, from, to, 'A');
  // Also finds a link that leads nowhere.
  const present = await Promise.all(added.map((path) => succeeds(lstat(join(tree, path)))));
  const covered = added.filter((_, index) => present[index]);
  return [...new Set([...local.filter((path) => changing.has(path)), ...covered])];
}
