import { CanaryError, messageOf } from '../../errors.ts';
import { exists } from '../files.ts';
import { lines, type RunGit } from './run.ts';

interface Location {
  /** The top folder of the working tree, or the git folder where there is none. */
  repository: string;
  isBare: boolean;
}

/** Where a repository is. */
export interface GitLocation {
  /** The repository that holds `directory`; throws `repository-missing`. */
  locate(directory: string): Promise<Location>;
  /** The git folder that a repository and all its worktrees share. */
  commonDirectory(directory: string): Promise<string>;
  /** The git folder of one working tree. */
  gitDirectory(directory: string): Promise<string>;
}

export function gitLocation(run: RunGit): GitLocation {
  const ask = async (directory: string, ...questions: string[]) =>
    lines(await run(directory, ['rev-parse', '--path-format=absolute', ...questions]));
  return {
    async locate(directory) {
      if (!(await exists(directory))) {
        throw new CanaryError('repository-missing', `There is no folder ${directory}.`, {
          hint: 'Check the path after -C.',
        });
      }
      try {
        const [gitDirectory = '', isInTree] = await ask(
          directory,
          '--git-dir',
          '--is-inside-work-tree',
        );
        if (isInTree !== 'true') return { repository: gitDirectory, isBare: true };
        const [repository = ''] = await ask(directory, '--show-toplevel');
        return { repository, isBare: false };
      } catch (cause) {
        throw repositoryMissing(directory, cause);
      }
    },

    async commonDirectory(directory) {
      return (await ask(directory, '--git-common-dir'))[0] ?? '';
    },

    async gitDirectory(directory) {
      return (await ask(directory, '--git-dir'))[0] ?? '';
    },
  };
}

/** Git's own words are told where they say something else, such as that the folder is another user's. */
export function repositoryMissing(directory: string, cause: unknown): CanaryError {
  const words = cause instanceof CanaryError ? cause.details : [messageOf(cause)];
  const isPlain = words.some((line) => line.includes('not a git repository'));
  return new CanaryError('repository-missing', `${directory} is not in a git repository.`, {
    details: isPlain ? [] : words,
    hint: 'A canary is built from a branch: run `git init`, commit your project, then try again.',
    cause,
  });
}
