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
  /** Paths in the way of moving a working tree from one commit to another. */
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
      await run(tree, ['merge', '--ff-only', '--quiet', to], {
        code: 'branch-moved',
        message: `The branch checked out in ${tree} could not be moved forward.`,
        hint: 'Commit or stash what is in the way, then run the command again.',
      });
    },

    async changesInTheWay(tree, from, to) {
      const changing = new Set(await changedPaths(tree, from, to));
      const local = zeroed(
        await run(tree, ['status', '--porcelain', '--no-renames', '-uall', '-z']),
      );
      return local.map((entry) => entry.slice(3)).filter((path) => changing.has(path));
    },
  };
}
