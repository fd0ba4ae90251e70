import { basename, join } from 'node:path';
import { envValue, setEnvLine } from '../../compose/images/env-line.ts';
import { solveReference, type Variables } from '../../compose/images/variables.ts';
import { ownValue } from '../../config/values/by-name.ts';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import type { ImageSource } from '../../rollout/source.ts';
import { mayReplace, readIfExists, replaceInPlace } from '../../system/files.ts';
import type { Project } from '../load.ts';
import { valuesIn } from '../values-in.ts';

/** What makes plain Compose take promoted images too. */
export interface Lasting {
  /** The env file that canary changes, and the lines that it then has; none if it says so already. */
  write?: { file: string; lines: readonly string[] };
  /** What only a person can change, a sentence each. */
  left: readonly string[];
}

/** Finds where the stable's files say which images it runs, and what of that differs from a release. Changes nothing. */
export async function lastingOf(
  context: Context,
  project: Project,
  source: ImageSource,
): Promise<Lasting> {
  const file = envFileOf(project);
  const text = (await readIfExists(file)) ?? '';
  const isWritable = await mayReplace(file);
  const lines: string[] = [];
  const left: string[] = [];
  for (const [name, value] of Object.entries(source.variables)) {
    const exported = ownValue(context.env, name);
    if (exported !== undefined) {
      if (exported !== value) left.push(toExport(name, value));
    } else if (envValue(text, name) !== value) {
      const changed = isWritable ? setEnvLine(text, name, value) : undefined;
      if (changed === undefined) left.push(toWrite(name, value, file));
      else lines.push(`${name}=${value}`);
    }
  }
  left.push(...(await namesLeft(context, project, source)));
  return { ...(lines.length > 0 ? { write: { file, lines } } : {}), left };
}

/** The values that the variables of a release have for the stable; those that have none are left out. */
export async function valuesNow(
  { compose }: Context,
  { scope, slice }: Project,
  { variables }: ImageSource,
): Promise<Variables> {
  const { services } = await compose.written(scope);
  const written = slice.map(({ service }) => services[service]);
  const values = await valuesIn(compose, scope, written, Object.keys(variables));
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));
}

/** The images that the files give other names than a release has: from a variable, or in clear, which canary never changes. */
async function namesLeft(
  { compose, env }: Context,
  project: Project,
  { images, variables }: ImageSource,
): Promise<string[]> {
  const isSet = Object.keys(variables).length > 0;
  const model = isSet ? await compose.model({ ...project.scope, variables }) : project.model;
  const others = images.flatMap(({ service, reference, isSame }) => {
    const named = model.services[service]?.image;
    return isSame || named === undefined || named === reference
      ? []
      : [{ service, reference, named }];
  });
  if (others.length === 0) return [];
  const { services } = await compose.written(project.scope);
  const said = others.map(({ service, reference, named }) => {
    const solved = solveReference(services[service]?.image, reference, named);
    // One value cannot name two images.
    if (!solved || ownValue(variables, solved.name) !== undefined)
      return `${service} has \`image: ${named}\` in ${basename(project.files[0] ?? '')}, which canary never changes: write \`image: ${reference}\` there.`;
    const { name, value } = solved;
    return ownValue(env, name) === undefined
      ? toWrite(name, value, envFileOf(project))
      : toExport(name, value);
  });
  return [...new Set(said)];
}

function toWrite(name: string, value: string, file: string): string {
  return `Write ${name}=${value} to ${file}.`;
}

function toExport(name: string, value: string): string {
  return `${name} comes from the environment: whoever calls \`docker compose\` or canary next exports ${name}=${value}.`;
}

/** The file from which Compose takes the variables: the last one that is named counts most. */
function envFileOf({ scope, directory }: Project): string {
  return scope.envFiles?.at(-1) ?? join(directory, '.env');
}

/**
 * Changes the lines of an env file and leaves all else of it, its owner and its mode as they are. Containers that mount the
 * file alone see the new lines at once.
 */
export async function writeLines(
  { model }: Pick<Project, 'model'>,
  file: string,
  lines: readonly string[],
): Promise<void> {
  let text = (await readIfExists(file)) ?? '';
  for (const each of lines) {
    const at = each.indexOf('=');
    const changed = setEnvLine(text, each.slice(0, at), each.slice(at + 1));
    if (changed === undefined) {
      throw new CanaryError(
        'file-unusable',
        `canary cannot change the line of ${each.slice(0, at)} in ${file}.`,
        {
          hint: `Write ${each} there yourself, then run the command again.`,
        },
      );
    }
    text = changed;
  }
  const isMounted = Object.values(model.services).some(({ volumes = [] }) =>
    volumes.some(({ type, source }) => type === 'bind' && source === file),
  );
  await replaceInPlace(file, text, { isMounted });
}
