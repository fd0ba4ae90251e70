import { join } from 'node:path';
import { CanaryError, messageOf } from '../../errors.ts';
import { mkdir } from '../disk.ts';
import { exists } from '../files.ts';
import { commonDirectory, locate } from './location.ts';
import { answer, runGit } from './run.ts';

/** What a folder is to git. */
interface RepositoryKind {
  /** Where the refs and hooks are. */
  commonDirectory: string;
  /** The top of the working tree, absent in a bare repository. */
  tree: string | undefined;
}

/**
 * What is at exactly this folder; `undefined` if it is not a repository, or only inside one. Throws
 * `target-unusable` if git refuses to open it, for instance because it is another user's.
 */
export async function repositoryAt(directory: string): Promise<RepositoryKind | undefined> {
  const found = await locate(directory).catch((error: unknown) =>
    refuseUnreadable(directory, error),
  );
  if (found?.repository !== directory) return undefined;
  const tree = found.isBare ? undefined : directory;
  return { commonDirectory: await commonDirectory(directory), tree };
}

/** If git cannot open it only because there is no repository, there is nothing to report. */
async function refuseUnreadable(directory: string, error: unknown): Promise<undefined> {
  const words = error instanceof CanaryError ? error.details : [messageOf(error)];
  // What is above the folder may belong to anyone.
  const marks = [join(directory, '.git'), join(directory, 'HEAD')];
  const isRepository = (await Promise.all(marks.map(exists))).includes(true);
  if (words.length === 0 || !isRepository) return undefined;
  throw new CanaryError('target-unusable', `git cannot open the repository ${directory}.`, {
    details: words,
    hint: "If it belongs to another user, run as that user, or allow it with git's setting `safe.directory`.",
    cause: error,
  });
}

/** Creates a bare repository whose first branch will be `branch`; with git's own object format when left out. */
export async function initBare(
  directory: string,
  branch: string,
  objectFormat?: string,
): Promise<void> {
  await mkdir(directory, { recursive: true });
  const format = objectFormat === undefined ? [] : [`--object-format=${objectFormat}`];
  await runGit(directory, ['init', '--quiet', '--bare', `--initial-branch=${branch}`, ...format]);
}

/** How objects are named: `sha1` or `sha256`. */
export async function objectFormat(directory: string): Promise<string> {
  return (await runGit(directory, ['rev-parse', '--show-object-format'])).trim();
}

export function setting(directory: string, key: string): Promise<string | undefined> {
  return answer(directory, ['config', '--get', '--', key]);
}

/** Whether a setting is true, in any of git's words for it; throws if it is not one of them. */
export async function isEnabled(directory: string, key: string): Promise<boolean> {
  const args = ['config', '--type=bool', '--default=false', '--get', '--', key];
  const message = `git's setting \`${key}\` in ${directory} is neither true nor false.`;
  return (await runGit(directory, args, { message })).trim() === 'true';
}

export async function configure(directory: string, key: string, value: string): Promise<void> {
  await runGit(directory, ['config', '--replace-all', '--', key, value]);
}

export async function hooksDirectory(directory: string): Promise<string> {
  const args = ['rev-parse', '--path-format=absolute', '--git-path', 'hooks'];
  return (await runGit(directory, args)).trim();
}
