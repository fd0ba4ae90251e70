import { CanaryError, messageOf } from '../../errors.ts';
import { exists } from '../files.ts';
import { lines, runGit } from './run.ts';

interface Location {
  /** The top folder of the working tree, or the git folder if there is none. */
  repository: string;
  isBare: boolean;
}

/** The repository that holds `directory`; throws `repository-missing`. */
export async function locate(directory: string): Promise<Location> {
  if (!(await exists(directory))) {
    throw new CanaryError('repository-missing', `There is no folder ${directory}.`, {
      hint: 'Check the path after -C.',
    });
  }
  try {
    const questions = ['--git-dir', '--is-inside-work-tree'];
    const [gitDirectory = '', isInTree] = await ask(directory, ...questions);
    if (isInTree !== 'true') return { repository: gitDirectory, isBare: true };
    const [repository = ''] = await ask(directory, '--show-toplevel');
    return { repository, isBare: false };
  } catch (cause) {
    throw repositoryMissing(directory, cause);
  }
}

/** The top folder of the working tree that holds `directory`; throws `repository-missing`. */
export async function root(directory: string): Promise<string> {
  try {
    return (await runGit(directory, ['rev-parse', '--show-toplevel'])).trim();
  } catch (cause) {
    throw repositoryMissing(directory, cause);
  }
}

/** The git folder that a repository and all its worktrees share. */
export async function commonDirectory(directory: string): Promise<string> {
  return (await ask(directory, '--git-common-dir'))[0] ?? '';
}

/** The git folder of one working tree. */
export async function gitDirectory(directory: string): Promise<string> {
  return (await ask(directory, '--git-dir'))[0] ?? '';
}

async function ask(directory: string, ...questions: string[]): Promise<string[]> {
  return lines(await runGit(directory, ['rev-parse', '--path-format=absolute', ...questions]));
}

/** Git's own message is shown if it says something else, such as that the folder is another user's. */
function repositoryMissing(directory: string, cause: unknown): CanaryError {
  const words = cause instanceof CanaryError ? cause.details : [messageOf(cause)];
  const isPlain = words.some((line) => line.includes('not a git repository'));
  return new CanaryError('repository-missing', `${directory} is not in a git repository.`, {
    details: isPlain ? [] : words,
    hint: 'A canary is built from a branch: run `git init`, commit your project, then try again.',
    cause,
  });
}
