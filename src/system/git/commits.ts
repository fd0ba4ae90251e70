import { CanaryError } from '../../errors.ts';
import { type Failure, type RunGit, succeeds, zeroed } from './run.ts';

/** Making commits, in a tree of our own or of one file alone; hooks and signing settings are the repository's. */
export interface GitCommits {
  /** Commits a mail with its own author, date and message; returns the paths in conflict, none when it is done. */
  applyMail(tree: string, patch: string, threeWay: boolean): Promise<string[]>;
  /** Applies a plain diff to tree and index; returns the paths in conflict, none when it is done. */
  applyDiff(tree: string, patch: string, threeWay: boolean): Promise<string[]>;
  /** Whether the index holds anything that is not committed. */
  hasStaged(tree: string): Promise<boolean>;
  /** Whether a tree already holds what a patch changes. */
  hasApplied(tree: string, patch: string): Promise<boolean>;
  /** Commits what is in the index. */
  commit(tree: string, message: string): Promise<string>;
  /** Commits one file and nothing else, whatever else is staged. */
  commitFile(tree: string, path: string, message: string): Promise<string>;
  /** Takes a new file out of the index. */
  unstage(tree: string, path: string): Promise<void>;
  /** Merges a commit into a detached tree; returns the paths in conflict, none when it is done. */
  merge(tree: string, commit: string, message: string): Promise<string[]>;
  /** Gives tree and index exactly the files of another commit. */
  takeTree(tree: string, commit: string): Promise<void>;
  /** Takes commits back in tree and index, newest first, without committing; a merge to its first parent. */
  revert(tree: string, commits: readonly string[], isMerge?: boolean): Promise<void>;
}

const COMMIT_FAILED = {
  code: 'commit-failed',
  message: 'git would not make the commit.',
  hint: 'Its own words are above; often `git config user.name` and `user.email` are missing, or a hook refused.',
} as const satisfies Failure;

export function gitCommits(run: RunGit): GitCommits {
  const head = async (tree: string) => (await run(tree, ['rev-parse', 'HEAD'])).trim();
  /** The paths in conflict that a command left, once what it began is undone. */
  const conflictsOf = async (
    tree: string,
    command: readonly string[],
    undo: readonly string[],
  ): Promise<string[]> => {
    try {
      await run(tree, command);
      return [];
    } catch (error) {
      const conflicts = zeroed(await run(tree, ['diff', '--name-only', '--diff-filter=U', '-z']));
      await run(tree, undo).catch(() => undefined);
      if (conflicts.length > 0) return conflicts;
      throw error;
    }
  };
  return {
    async applyMail(tree, patch, threeWay) {
      const mode = threeWay ? '--3way' : '--no-3way';
      const am = ['am', '--quiet', '--keep-cr', mode, '--', patch];
      try {
        return await conflictsOf(tree, am, ['am', '--abort']);
      } catch (error) {
        const isSound = await succeeds(run(tree, ['apply', '--check', '--', patch]));
        if (!isSound || !(error instanceof CanaryError)) throw error;
        // The patch fits, so it was the commit: a hook, a signature, an unknown committer.
        throw new CanaryError('commit-failed', COMMIT_FAILED.message, {
          ...COMMIT_FAILED,
          details: error.details,
          cause: error,
        });
      }
    },

    async applyDiff(tree, patch, threeWay) {
      const mode = threeWay ? ['--3way'] : [];
      return conflictsOf(
        tree,
        ['apply', '--index', ...mode, '--', patch],
        ['reset', '--quiet', '--hard'],
      );
    },

    async hasApplied(tree, patch) {
      return succeeds(run(tree, ['apply', '--reverse', '--check', '--', patch]));
    },

    async hasStaged(tree) {
      return (await run(tree, ['diff', '--cached', '--name-only', '-z'])) !== '';
    },

    async commit(tree, message) {
      await run(tree, ['commit', '--quiet', `--message=${message}`], COMMIT_FAILED);
      return head(tree);
    },

    async commitFile(tree, path, message) {
      await run(tree, ['add', '--', path]);
      const commit = ['commit', '--quiet', '--only', `--message=${message}`, '--', path];
      await run(tree, commit, COMMIT_FAILED);
      return head(tree);
    },

    async unstage(tree, path) {
      await run(tree, ['rm', '--cached', '--quiet', '--ignore-unmatch', '--', path]);
    },

    async merge(tree, commit, message) {
      const merge = ['merge', '--quiet', '--no-ff', `--message=${message}`, commit];
      return conflictsOf(tree, merge, ['merge', '--abort']);
    },

    async takeTree(tree, commit) {
      await run(tree, ['read-tree', '--reset', '-u', commit]);
    },

    async revert(tree, commits, isMerge = false) {
      try {
        const mainline = isMerge ? ['--mainline', '1'] : [];
        await run(tree, ['revert', '--no-commit', ...mainline, ...commits]);
      } catch (error) {
        await run(tree, ['revert', '--abort']).catch(() => undefined);
        throw error;
      }
    },
  };
}
