import { resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ownValue } from '../../config/values/by-name.ts';
import { valueHider } from '../../config/values/hide-values.ts';
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
 * the environment that the compose files name. Its messages quote them, and a build shows its arguments. `input`:
 * the definition on its standard input.
 */
export async function hidingValues(
  { projectDirectory, files, envFiles = [] }: Named,
  env: Environment,
  input = '',
): Promise<(text: string) => string> {
  const usual = env.COMPOSE_ENV_FILES?.split(',') ?? ['.env'];
  const paths = [...(envFiles.length > 0 ? envFiles : usual), ...files];
  const texts = await Promise.all(
    paths.map((path) => readIfExists(resolve(projectDirectory, path)).catch(() => undefined)),
  );
  const values = variablesIn(input, env);
  for (const [index, text = ''] of texts.entries()) {
    const isEnvFile = index < paths.length - files.length;
    values.push(...(isEnvFile ? variablesOf(text) : variablesIn(text, env)));
  }
  const hide = valueHider(values.filter(([, value]) => isHidden(value, projectDirectory)));
  return (text) => hide(text).replace(QUOTED, '$1 "…"');
}

/** Ports, and the folder of the project, are in messages for other reasons. */
function isHidden(value: string, projectDirectory: string): boolean {
  return value.length >= SHORTEST && !/^\d{1,5}$/.test(value) && !projectDirectory.includes(value);
}

type Variable = [name: string, value: string];

function variablesIn(text: string, env: Environment): Variable[] {
  const names = new Set([...text.matchAll(/\$\{?([A-Za-z_]\w*)/g)].map(([, name = '']) => name));
  return [...names].map((name) => [name, ownValue(env, name) ?? '']);
}

/** The variables of an env file. Compose reads more than Node does: `NAME: value`, and signs written with a backslash. */
function variablesOf(text: string): Variable[] {
  const known = Object.entries(parseEnv(text)).map(
    ([name, value]): Variable => [name, value ?? ''],
  );
  const lines = text.split('\n').flatMap((line): Variable[] => {
    const [, name = '', rest = ''] = /^\s*(?:export\s+)?([\w.-]+)\s*[=:](.*)$/.exec(line) ?? [];
    const value = rest.trim();
    return name === '' ? [] : [...withoutComment(value), value].map((each) => [name, bare(each)]);
  });
  const all = [...known, ...lines];
  return all.flatMap(([name, value]): Variable[] => [
    [name, value],
    [name, unescaped(value)],
  ]);
}

function withoutComment(value: string): string[] {
  const at = value.indexOf(' #');
  return at < 0 ? [] : [value.slice(0, at).trimEnd()];
}

function bare(value: string): string {
  const quote = value.charAt(0);
  return /["'`]/.test(quote) && value.endsWith(quote) ? value.slice(1, -1) : value;
}

const WRITTEN: ReadonlyMap<string, string> = new Map([
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
]);

function unescaped(value: string): string {
  return value.replace(/\\(.)/g, (_, sign: string) => WRITTEN.get(sign) ?? sign);
}
