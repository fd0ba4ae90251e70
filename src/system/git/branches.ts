import { lstat } from 'node:fs/promises';
import { join } from 'node:path';
import { gitHistory } from './history.ts';
import { type RunGit, zeroed } from './run.ts';

/** Moving branches. */
export interface GitBranches {
  /** Makes a branch that must not be there yet, without switching to it. */
  createBranch(directory: string, ref: string, commit: string): Promise<void>;
  /** Moves a branch that is checked out nowhere, if it still is at `from`; throws `branch-moved`. */
  moveBranch(directory: string, ref: string, from: string, to: string): Promise<void>;
  /** Moves the branch checked out in a working tree forward, files included. */
  fastForward(tree: string, to: string): Promise<void>;
  /** Paths in the way of moving a working tree from one commit to another, files that git ignores among them. */
  changesInTheWay(tree: string, from: string, to: string): Promise<string[]>;
}

export function gitBranches(run: RunGit): GitBranches {
  const { changedPaths } = gitHistory(run);
  return {
    async createBranch(directory, ref, commit) {
      const absent = '0'.repeat(commit.length);
      await run(directory, ['update-ref', '-m', 'canary', '--', ref, commit, absent]);
    },

    async moveBranch(directory, ref, from, to) {
      await run(directory, ['update-ref', '-m', 'canary', '--', ref, to, from], {
        code: 'branch-moved',
        message: `${ref} moved while canary was at work.`,
        hint: 'Run the command again; it starts from where the branch is now.',
      });
    },

    async fastForward(tree, to) {
      // Without the last flag git takes ignored files, a `.env` above all, for worthless and writes over them.
      await run(tree, ['merge', '--ff-only', '--quiet', '--no-overwrite-ignore', to], {
        code: 'branch-moved',
        message: `The branch checked out in ${tree} could not be moved forward.`,
        hint: 'Commit or stash what is in the way, then run the command again.',
      });
    },

    async changesInTheWay(tree, from, to) {
      const changing = new Set(await changedPaths(tree, from, to));
      const local = zeroed(
        await run(tree, ['status', '--porcelain', '--no-renames', '-uall', '-z']),
      ).map((entry) => entry.slice(3));
      // Status tells nothing of files that git ignores; what the commit adds must not lie there already.
      const args = ['diff', '--name-only', '--no-renames', '--diff-filter=A', '-z', from, to];
      const added = zeroed(await run(tree, args));
      const present = await Promise.all(added.map((path) => isThere(join(tree, path))));
      const covered = added.filter((_, index) => present[index]);
      return [...new Set([...local.filter((path) => changing.has(path)), ...covered])];
    },
  };
}

/** Also a link that leads nowhere. */
function isThere(path: string): Promise<boolean> {
  return lstat(path).then(
    () => true,
    () => false,
  );
}
