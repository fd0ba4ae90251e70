import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { hideValues } from '../../config/values/placeholders.ts';
import { readIfExists } from '../files.ts';
import type { Environment } from '../process.ts';

/** Shorter values are words and numbers of other texts too. */
const SHORTEST = 5;

/** Lines in which Compose quotes what it could not read of an env file. */
const QUOTED = /(in variable name|near) ".*/g;

interface Named {
  projectDirectory: string;
  files: readonly string[];
  envFiles?: readonly string[] | undefined;
}

/**
 * Takes out of Compose's messages what it filled in: the values of env files, and those variables of
 * the environment that the compose files name. Its messages quote them, and a build shows its arguments.
 */
export async function hidingValues(
  { projectDirectory, files, envFiles = [] }: Named,
  env: Environment,
): Promise<(text: string) => string> {
  const paths = [...(envFiles.length > 0 ? envFiles : ['.env']), ...files];
  const texts = await Promise.all(
    paths.map((path) => readIfExists(resolve(projectDirectory, path)).catch(() => undefined)),
  );
  const values = new Map<string, string>();
  for (const [index, text = ''] of texts.entries()) {
    const isEnvFile = index < paths.length - files.length;
    const named = isEnvFile ? Object.entries(parseEnv(text)) : variablesIn(text, env);
    for (const [name, value = ''] of named)
      if (isHidden(value, projectDirectory)) values.set(name, value);
  }
  const known = Object.fromEntries(values);
  return (text) => hideValues(text, known).replace(QUOTED, '$1 "…"');
}

/** Ports, and the folder of the project, are in messages for other reasons. */
function isHidden(value: string, projectDirectory: string): boolean {
  return value.length >= SHORTEST && !/^\d{1,5}$/.test(value) && !projectDirectory.includes(value);
}

function variablesIn(text: string, env: Environment): [string, string | undefined][] {
  return [...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => [name, env[name]]);
}
