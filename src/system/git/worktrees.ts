import { mkdir, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { gitHistory } from './history.ts';
import type { RunGit } from './run.ts';

/** Checkouts of our own beside the user's. */
export interface GitWorktrees {
  /**
   * Checks a commit out in a folder of its own, with no branch. Never prunes: a worktree of the user's on a
   * disk that is away for now would be lost.
   */
  addWorktree(directory: string, path: string, commit: string): Promise<void>;
  removeWorktree(directory: string, path: string): Promise<void>;
  /** Whether a folder is a worktree that holds exactly this commit; a checkout that was cut off does not. */
  holds(tree: string, commit: string): Promise<boolean>;
  /** The working tree in which a branch is checked out, if any. */
  checkedOutAt(directory: string, ref: string): Promise<string | undefined>;
}

export function gitWorktrees(run: RunGit): GitWorktrees {
  const { root, resolve } = gitHistory(run);
  return {
    async addWorktree(directory, path, commit) {
      await mkdir(dirname(path), { recursive: true });
      await run(directory, ['worktree', 'add', '--force', '--detach', path, commit]);
    },

    async removeWorktree(directory, path) {
      await run(directory, ['worktree', 'remove', '--force', path]).catch(() => undefined);
      await rm(path, { recursive: true, force: true });
    },

    async holds(tree, commit) {
      try {
        const top = await root(tree);
        const isAtCommit = top === tree && (await resolve(tree, 'HEAD')) === commit;
        return isAtCommit && (await run(tree, ['status', '--porcelain', '-uno'])) === '';
      } catch {
        return false;
      }
    },

    async checkedOutAt(directory, ref) {
      const listed = await run(directory, ['worktree', 'list', '--porcelain']);
      const block = listed.split('\n\n').find((each) => each.split('\n').includes(`branch ${ref}`));
      return block?.split('\n')[0]?.replace(/^worktree /, '');
    },
  };
}
