import { relative } from 'node:path';
import { parseConfig } from '../../config/parse.ts';
import { type CanaryConfig, DEFAULT_BRANCHES } from '../../config/schema.ts';
import type { Context } from '../../context.ts';
import { CanaryError, hasCode } from '../../errors.ts';
import { realpath } from '../../system/disk.ts';
import { readIfExists } from '../../system/files.ts';
import { findComposeFiles } from '../compose-files.ts';
import { configPath } from '../load.ts';

/** What commands need that use only git: no engine, no Compose, not even a compose file. */
export interface Repository {
  /** The top folder of the working tree, or the git folder of a bare repository. */
  repository: string;
  /** The compose project's folder inside it; empty if that is its top. */
  project: string;
  config: Pick<CanaryConfig, 'git'>;
}

/** Finds the repository of the folder and the settings of its canary.yaml; defaults if there is none. */
export async function findRepository(context: Context): Promise<Repository> {
  const { repository, isBare } = await context.git.locate(context.options.directory);
  const home = isBare ? undefined : await projectFolder(context, repository);
  const path = home || context.options.config ? configPath(context, home ?? repository) : undefined;
  const text = path && (await readIfExists(path));
  const project = home ? relative(repository, await realpath(home)) : '';
  if (path && text !== undefined) return { repository, project, config: parseConfig(text, path) };
  if (context.options.config) {
    throw new CanaryError('config-missing', `There is no ${path}.`, {
      hint: 'Check the path after --config.',
    });
  }
  return { repository, project, config: { git: DEFAULT_BRANCHES } };
}

/** Where canary.yaml would be: beside the compose file, if that is in this working tree, else in the folder itself. */
async function projectFolder(context: Context, top: string): Promise<string> {
  const { options } = context;
  try {
    const { directory } = await findComposeFiles(context);
    const real = await realpath(directory);
    if (real === top || real.startsWith(`${top}/`)) return directory;
  } catch (error) {
    if (!hasCode(error, 'compose-file-missing') || options.files.length > 0) throw error;
  }
  return options.directory;
}
