import { CanaryError, type CanaryErrorOptions, messageOf } from '../../errors.ts';
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
    return { repository: await root(directory), isBare: false };
  } catch (cause) {
    throw repositoryMissing(directory, cause);
  }
}

/** A branch can have a git folder among its files, whose settings name programs: only a `.git` is one. */
const ONLY_DOT_GIT = ['-c', 'safe.bareRepository=explicit'];

/** The top folder of the working tree that holds `directory`; throws `repository-missing`. */
export async function root(directory: string): Promise<string> {
  try {
    return (await runGit(directory, [...ONLY_DOT_GIT, 'rev-parse', '--show-toplevel'])).trim();
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

/** The error for a folder whose repository git does not find, or does not open. */
export function repositoryMissing(directory: string, cause: unknown): CanaryError {
  const words = cause instanceof CanaryError ? cause.details : [messageOf(cause)];
  if (words.some((line) => /dubious ownership/i.test(line)))
    return foreign(directory, words, cause);
  const isPlain = words.some((line) => line.includes('not a git repository'));
  return notInRepository(directory, { details: isPlain ? [] : words, cause });
}

/** The error for a folder that git does not keep. */
export function notInRepository(
  directory: string,
  more: Pick<CanaryErrorOptions, 'details' | 'cause'> = {},
): CanaryError {
  return new CanaryError('repository-missing', `${directory} is not in a git repository.`, {
    ...more,
    hint: 'A branch needs one: run `git init` and commit your project. Images that were built elsewhere need none: `canary deploy --tag TAG`.',
  });
}

/** Git does not open the repositories of other users: their hooks and settings would run as this one. */
function foreign(directory: string, words: readonly string[], cause: unknown): CanaryError {
  const allow = words.find((line) => line.includes('safe.directory'))?.trim();
  return new CanaryError(
    'repository-foreign',
    `git does not open the repository of ${directory}: it belongs to another user.`,
    {
      hint: `Run canary as its owner. If you trust who can write to it, allow it: \`${allow ?? `git config --global --add safe.directory ${directory}`}\`.`,
      cause,
    },
  );
}
