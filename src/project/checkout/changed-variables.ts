import { join } from 'node:path';
import type { Variables } from '../../compose/images/variables.ts';
import type { WrittenModel } from '../../compose/model/written.ts';
import type { Context } from '../../context.ts';
import { readIfExists } from '../../system/files.ts';
import { envNames, envValue } from '../images/env-line.ts';
import { valuesIn } from '../images/values.ts';
import type { Project } from '../load.ts';

/**
 * The variables to which the commit's own `.env` gives other values than the user's, with these: stable and clones are
 * one project for Compose, in which a variable has one value.
 */
export async function changedVariables(
  { compose, env }: Context,
  project: Project,
  branch: Project['scope'],
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
