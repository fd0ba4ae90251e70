import { join } from 'node:path';
import { envNames, envValue } from '../../compose/images/env-line.ts';
import { type Variables, withVariables } from '../../compose/images/variables.ts';
import type { WrittenModel } from '../../compose/model/written.ts';
import type { Context } from '../../context.ts';
import type { ComposeScope } from '../../system/docker/compose.ts';
import { readIfExists } from '../../system/files.ts';
import type { Project } from '../load.ts';
import { valuesIn } from '../values-in.ts';
import { isInTree, type Mirror } from './mirror.ts';

/** The definitions as written, with the variables replaced that have other values for the commit. */
export async function writtenWith(
  context: Context,
  project: Project,
  branch: ComposeScope,
  envFile: string | undefined,
): Promise<WrittenModel> {
  const written = await context.compose.written(branch);
  if (envFile === undefined) return written;
  return withVariables(written, await changedVariables(context, project, branch, envFile, written));
}

/** The commit's own `.env`, if Compose reads it. */
export async function trackedEnvFile(
  { scope }: Project,
  mirror: Mirror,
  directory: string,
): Promise<string | undefined> {
  const file = join(directory, '.env');
  const isRead = (scope.envFiles ?? []).length === 0;
  return isRead && (await isInTree(mirror, file)) ? file : undefined;
}

/**
 * The variables to which the commit's own `.env` gives other values than the user's, with these: stable and clones are
 * one project for Compose, in which a variable has one value.
 */
async function changedVariables(
  { compose, env }: Context,
  project: Project,
  branch: ComposeScope,
  envFile: string,
  { services }: WrittenModel,
): Promise<Variables> {
  const own = (await readIfExists(join(project.directory, '.env'))) ?? '';
  const text = (await readIfExists(envFile)) ?? '';
  if (own === text) return {};
  const names = [...new Set([...envNames(own), ...envNames(text)])].filter(
    (name) => env[name] === undefined && envValue(own, name) !== envValue(text, name),
  );
  const slice = project.slice.map(({ service }) => services[service]);
  return names.length > 0 ? valuesIn(compose, branch, slice, names) : {};
}
