import { repositoryMissing } from './location.ts';
import { lines, type RunGit, zeroed } from './run.ts';

/** Reading a repository: commits, trees, branches. */
export interface GitHistory {
  /** The top folder of the working tree that holds `directory`; throws `repository-missing`. */
  root(directory: string): Promise<string>;
  currentBranch(directory: string): Promise<string | undefined>;
  /** The commit a full ref or expression names, or `undefined`. */
  resolve(directory: string, expression: string): Promise<string | undefined>;
  localBranches(directory: string): Promise<string[]>;
  subject(directory: string, commit: string): Promise<string>;
  isAncestor(directory: string, ancestor: string, commit: string): Promise<boolean>;
  mergeBase(directory: string, left: string, right: string): Promise<string | undefined>;
  /** Commits after `from` up to `to`, newest first. */
  commitsBetween(
    directory: string,
    from: string,
    to: string,
  ): Promise<{ commit: string; isMerge: boolean }[]>;
  /** Paths that differ between two commits. */
  changedPaths(directory: string, from: string, to: string): Promise<string[]>;
  /** Whether two commits hold the same files. */
  sameTree(directory: string, left: string, right: string): Promise<boolean>;
  /** Whether a commit has anything under a path relative to the top folder. */
  tracks(directory: string, commit: string, path: string): Promise<boolean>;
  /** Whether a working tree has files under a path that git does not track, ignored ones too. */
  hasUntracked(tree: string, path: string): Promise<boolean>;
  /** A line that tells git's version. */
  version(): Promise<string>;
}

export function gitHistory(run: RunGit): GitHistory {
  const mergeBase: GitHistory['mergeBase'] = async (directory, left, right) => {
    const found = await run(directory, ['merge-base', left, right]).catch(() => '');
    return found.trim() || undefined;
  };
  return {
    mergeBase,

    async root(directory) {
      try {
        return (await run(directory, ['rev-parse', '--show-toplevel'])).trim();
      } catch (cause) {
        throw repositoryMissing(directory, cause);
      }
    },

    async currentBranch(directory) {
      return (await run(directory, ['branch', '--show-current'])).trim() || undefined;
    },

    async resolve(directory, expression) {
      const args = [
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `${expression}^{commit}`,
      ];
      const found = await run(directory, args).catch(() => '');
      return found.trim() || undefined;
    },

    async localBranches(directory) {
      return lines(
        await run(directory, ['for-each-ref', '--format=%(refname:short)', 'refs/heads']),
      );
    },

    async subject(directory, commit) {
      return (await run(directory, ['log', '-1', '--format=%s', commit])).trim();
    },

    async isAncestor(directory, ancestor, commit) {
      return (await mergeBase(directory, ancestor, commit)) === ancestor;
    },

    async commitsBetween(directory, from, to) {
      const listed = await run(directory, ['rev-list', '--parents', `${from}..${to}`]);
      return lines(listed).map((line) => {
        const [commit = '', ...parents] = line.split(' ');
        return { commit, isMerge: parents.length > 1 };
      });
    },

    async changedPaths(directory, from, to) {
      return zeroed(await run(directory, ['diff', '--name-only', '--no-renames', '-z', from, to]));
    },

    async sameTree(directory, left, right) {
      const [first, second] = lines(
        await run(directory, ['rev-parse', `${left}^{tree}`, `${right}^{tree}`]),
      );
      return first === second;
    },

    async tracks(directory, commit, path) {
      const args = ['ls-tree', '-z', '--name-only', '--full-tree', commit, '--', path];
      return (await run(directory, ['--literal-pathspecs', ...args])) !== '';
    },

    async hasUntracked(tree, path) {
      const args = ['ls-files', '--others', '-z', '--', path];
      return (await run(tree, ['--literal-pathspecs', ...args])) !== '';
    },

    async version() {
      return (await run(process.cwd(), ['--version'])).trim();
    },
  };
}
