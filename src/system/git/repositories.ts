import { mkdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { gitLocation } from './location.ts';
import type { RunGit } from './run.ts';

/** What a folder is to git. */
interface RepositoryKind {
  /** Where the refs and hooks are. */
  commonDirectory: string;
  /** The top of the working tree, absent in a bare repository. */
  tree: string | undefined;
}

/** Setting up repositories that are pushed to, and their one working tree. */
export interface GitRepositories {
  /** What is at exactly this folder; `undefined` when it is no repository, or only inside one. */
  repositoryAt(directory: string): Promise<RepositoryKind | undefined>;
  /** Makes a bare repository whose first branch will be `branch`. */
  initBare(directory: string, branch: string): Promise<void>;
  setting(directory: string, key: string): Promise<string | undefined>;
  configure(directory: string, key: string, value: string): Promise<void>;
  hooksDirectory(directory: string): Promise<string>;
  /** The text of a file at a commit, or `undefined`. */
  fileAt(directory: string, commit: string, path: string): Promise<string | undefined>;
  /**
   * Checks a commit out in a folder that may hold files of the user's already, such as `.env`; throws, with the
   * folder as it was, when one of them is in the way. The working tree is on no branch.
   */
  checkOutAround(directory: string, folder: string, commit: string): Promise<void>;
  /** Puts a working tree that is on no branch on one that points to the same commit. */
  attach(tree: string, ref: string): Promise<void>;
  /** Moves whatever a working tree is on to a commit, files included; local changes in the way are kept, and refuse it. */
  moveTree(tree: string, commit: string): Promise<void>;
  removeBranch(directory: string, ref: string, from: string): Promise<void>;
  remoteUrl(directory: string, name: string): Promise<string | undefined>;
  addRemote(directory: string, name: string, url: string): Promise<void>;
}

export function gitRepositories(run: RunGit): GitRepositories {
  const { locate, commonDirectory } = gitLocation(run);
  const attempt = (directory: string, args: readonly string[]) =>
    run(directory, args).then(
      (text) => text.replace(/\n$/, ''),
      () => undefined,
    );
  return {
    async repositoryAt(directory) {
      const found = await locate(directory).catch(() => undefined);
      if (found?.repository !== directory) return undefined;
      const tree = found.isBare ? undefined : directory;
      return { commonDirectory: await commonDirectory(directory), tree };
    },

    async initBare(directory, branch) {
      await mkdir(directory, { recursive: true });
      await run(directory, ['init', '--quiet', '--bare', `--initial-branch=${branch}`]);
    },

    setting: (directory, key) => attempt(directory, ['config', '--get', '--', key]),

    async configure(directory, key, value) {
      await run(directory, ['config', '--replace-all', '--', key, value]);
    },

    async hooksDirectory(directory) {
      const args = ['rev-parse', '--path-format=absolute', '--git-path', 'hooks'];
      return (await run(directory, args)).trim();
    },

    fileAt: (directory, commit, path) => attempt(directory, ['show', `${commit}:${path}`]),

    async checkOutAround(directory, folder, commit) {
      // git makes worktrees in empty folders only: made beside, then moved around what is there.
      const beside = `${folder}.canary-checkout`;
      const move = async (from: string, to: string) => {
        await mkdir(to, { recursive: true });
        await rename(join(from, '.git'), join(to, '.git'));
        await run(directory, ['worktree', 'repair', to]);
      };
      await rm(beside, { recursive: true, force: true });
      const place = ['worktree', 'add', '--force', '--detach', '--no-checkout', beside, commit];
      await run(directory, ['-c', 'core.hooksPath=/dev/null', ...place]);
      await move(beside, folder);
      await rm(beside, { recursive: true });
      try {
        await run(folder, ['read-tree', '-m', '-u', 'HEAD']);
      } catch (error) {
        // Moved away first: removing a worktree removes its folder, and this one is the user's.
        await move(folder, beside);
        await run(directory, ['worktree', 'remove', '--force', beside]);
        throw error;
      }
    },

    async attach(tree, ref) {
      await run(tree, ['symbolic-ref', '-m', 'canary', 'HEAD', ref]);
    },

    async moveTree(tree, commit) {
      await run(tree, ['reset', '--quiet', '--keep', commit], {
        code: 'local-changes-in-the-way',
        message: `Local changes in ${tree} are in the way.`,
        hint: 'Commit, stash or remove them there, then try again.',
      });
    },

    async removeBranch(directory, ref, from) {
      await run(directory, ['update-ref', '-m', 'canary', '-d', ref, from], {
        code: 'branch-moved',
        message: `${ref} moved while canary was at work.`,
      });
    },

    remoteUrl: (directory, name) =>
      attempt(directory, ['config', '--get', '--', `remote.${name}.url`]),

    async addRemote(directory, name, url) {
      await run(directory, ['remote', 'add', '--', name, url]);
      // `git push NAME` alone means the branch that is checked out, under its own name.
      await run(directory, ['config', '--', `remote.${name}.push`, 'HEAD']);
    },
  };
}
