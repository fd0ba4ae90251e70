import { mkdir, rm } from 'node:fs/promises';
import { dirname, resolve as resolvePath } from 'node:path';
import { CanaryError } from '../../errors.ts';
import { exists, readIfExists } from '../files.ts';
import { gitHistory } from './history.ts';
import type { RunGit } from './run.ts';

export const WITHOUT_HOOKS = ['-c', 'core.hooksPath=/dev/null'];

/**
 * What git says, in any language, over an entry that another process is just making, and where one was the last
 * to go and took the folder of all entries with it.
 */
const DISTURBED = /\bworktrees\/[^/\s]+(?:\/commondir\b|\W*:)/;
const TRIES = 5;

/** Checkouts of our own beside the user's. */
export interface GitWorktrees {
  /**
   * Checks a commit out in a folder of its own, with no branch. Never prunes: a worktree of the user's on a
   * disk that is away for now would be lost.
   */
  addWorktree(directory: string, path: string, commit: string): Promise<void>;
  removeWorktree(directory: string, path: string): Promise<void>;
  /** Takes git's entries away of our worktrees under a folder that somebody deleted. */
  forgetMissing(directory: string, home: string): Promise<void>;
  /** Whether a folder is a worktree that holds exactly this commit; a checkout that was cut off does not. */
  holds(tree: string, commit: string): Promise<boolean>;
  /** The working tree in which a branch is checked out, if any. */
  checkedOutAt(directory: string, ref: string): Promise<string | undefined>;
}

export function gitWorktrees(run: RunGit): GitWorktrees {
  const { root, resolve } = gitHistory(run);
  /** Git reads the entries of all worktrees without a lock, and dies over what another process does to one: again, then. */
  const runAmongOthers: RunGit = async (directory, args) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await run(directory, args);
      } catch (error) {
        if (tries === TRIES || !isDisturbed(error)) throw error;
      }
    }
  };
  const forget = async (directory: string, path: string) => {
    // Twice forced, as above. It fails where there is no such entry.
    const remove = ['worktree', 'remove', '--force', '--force', '--', path];
    await runAmongOthers(directory, remove).catch(() => undefined);
  };
  const worktrees = async (directory: string) => {
    const listed = await runAmongOthers(directory, ['worktree', 'list', '--porcelain']);
    return listed.split('\n\n').map((block) => ({
      path: block.split('\n')[0]?.replace(/^worktree /, '') ?? '',
      ref: /^branch (.*)$/m.exec(block)?.[1],
      isDetached: /^detached$/m.test(block),
    }));
  };
  /** The branch that a rebase under way in a working tree will move. */
  const rebasing = async (tree: string) => {
    for (const kind of ['rebase-merge', 'rebase-apply']) {
      const file = await run(tree, ['rev-parse', '--git-path', `${kind}/head-name`]).catch(
        () => '',
      );
      const name = file ? await readIfExists(resolvePath(tree, file.trim())) : undefined;
      if (name) return name.trim();
    }
    return undefined;
  };
  return {
    async addWorktree(directory, path, commit) {
      await mkdir(dirname(path), { recursive: true });
      // A hook that prepares a person's checkout has no business in ours. Twice forced: an entry that a killed
      // process left is locked.
      const add = ['worktree', 'add', '--force', '--force', '--detach', '--', path, commit];
      await runAmongOthers(directory, [...WITHOUT_HOOKS, ...add]);
    },

    async removeWorktree(directory, path) {
      // The folder first: git does not remove one that it did not finish making.
      await rm(path, { recursive: true, force: true });
      await forget(directory, path);
    },

    async forgetMissing(directory, home) {
      const listed = (await worktrees(directory)).map((each) => each.path);
      for (const path of listed.filter((each) => each.startsWith(`${home}/`))) {
        if (!(await exists(path))) await forget(directory, path);
      }
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
      const all = await worktrees(directory);
      const onIt = all.find((each) => each.ref === ref);
      if (onIt) return onIt.path;
      // In a rebase git calls the tree detached, and moves the branch when that has ended.
      for (const { path } of all.filter((each) => each.isDetached)) {
        if ((await rebasing(path)) === ref) return path;
      }
      return undefined;
    },
  };
}

function isDisturbed(error: unknown): boolean {
  return error instanceof CanaryError && error.details.some((line) => DISTURBED.test(line));
}
