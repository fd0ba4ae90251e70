import { type Failure, type RunGit, zeroed } from './run.ts';

/** Making commits, in a tree of our own or of one file alone; hooks and signing settings are the repository's. */
export interface GitCommits {
  /** Applies a mail with its own author, date and message, and commits. */
  applyMail(tree: string, patch: string): Promise<void>;
  /** Applies plain diffs to tree and index. */
  applyDiff(tree: string, patch: string): Promise<void>;
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

const COMMIT_FAILED: Failure = {
  code: 'commit-failed',
  message: 'git would not make the commit.',
  hint: 'Its own words are above; often `git config user.name` and `user.email` are missing, or a hook refused.',
};

export function gitCommits(run: RunGit): GitCommits {
  const head = async (tree: string) => (await run(tree, ['rev-parse', 'HEAD'])).trim();
  return {
    async applyMail(tree, patch) {
      try {
        await run(tree, ['am', '--quiet', '--keep-cr', '--', patch]);
      } catch (error) {
        await run(tree, ['am', '--abort']).catch(() => undefined);
        throw error;
      }
    },

    async applyDiff(tree, patch) {
      await run(tree, ['apply', '--index', '--', patch]);
    },

    async hasApplied(tree, patch) {
      return run(tree, ['apply', '--reverse', '--check', '--', patch]).then(
        () => true,
        () => false,
      );
    },

    async commit(tree, message) {
      await run(tree, ['commit', '--quiet', '-m', message], COMMIT_FAILED);
      return head(tree);
    },

    async commitFile(tree, path, message) {
      await run(tree, ['add', '--', path]);
      await run(tree, ['commit', '--quiet', '--only', '-m', message, '--', path], COMMIT_FAILED);
      return head(tree);
    },

    async unstage(tree, path) {
      await run(tree, ['rm', '--cached', '--quiet', '--ignore-unmatch', '--', path]);
    },

    async merge(tree, commit, message) {
      try {
        await run(tree, ['merge', '--quiet', '--no-ff', '-m', message, commit]);
        return [];
      } catch (error) {
        const conflicts = zeroed(await run(tree, ['diff', '--name-only', '--diff-filter=U', '-z']));
        await run(tree, ['merge', '--abort']).catch(() => undefined);
        if (conflicts.length > 0) return conflicts;
        throw error;
      }
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
