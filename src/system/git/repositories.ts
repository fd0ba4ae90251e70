import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { CanaryError, messageOf } from '../../errors.ts';
import { exists } from '../files.ts';
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
  /**
   * What is at exactly this folder; `undefined` when it is no repository, or only inside one. Throws
   * `target-unusable` when it is one that git refuses to open, such as another user's.
   */
  repositoryAt(directory: string): Promise<RepositoryKind | undefined>;
  /** Makes a bare repository whose first branch will be `branch`, with git's own object format when left out. */
  initBare(directory: string, branch: string, objectFormat?: string): Promise<void>;
  /** How objects are named: `sha1` or `sha256`. */
  objectFormat(directory: string): Promise<string>;
  setting(directory: string, key: string): Promise<string | undefined>;
  configure(directory: string, key: string, value: string): Promise<void>;
  hooksDirectory(directory: string): Promise<string>;
  /** The text of a file at a commit, or `undefined`. */
  fileAt(directory: string, commit: string, path: string): Promise<string | undefined>;
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
      const found = await locate(directory).catch((error: unknown) =>
        refuseUnreadable(directory, error),
      );
      if (found?.repository !== directory) return undefined;
      const tree = found.isBare ? undefined : directory;
      return { commonDirectory: await commonDirectory(directory), tree };
    },

    async initBare(directory, branch, objectFormat) {
      await mkdir(directory, { recursive: true });
      const format = objectFormat === undefined ? [] : [`--object-format=${objectFormat}`];
      await run(directory, ['init', '--quiet', '--bare', `--initial-branch=${branch}`, ...format]);
    },

    async objectFormat(directory) {
      return (await run(directory, ['rev-parse', '--show-object-format'])).trim();
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

/** What git cannot open only because there is no repository is nothing to tell. */
async function refuseUnreadable(directory: string, error: unknown): Promise<undefined> {
  const words = error instanceof CanaryError ? error.details : [messageOf(error)];
  // What lies above the folder may be anybody's.
  const marks = [join(directory, '.git'), join(directory, 'HEAD')];
  const isRepository = (await Promise.all(marks.map(exists))).includes(true);
  if (words.length === 0 || !isRepository) return undefined;
  throw new CanaryError('target-unusable', `git does not open the repository ${directory}.`, {
    details: words,
    hint: "If it is another user's, work as that user, or allow it with git's setting `safe.directory`.",
    cause: error,
  });
}
