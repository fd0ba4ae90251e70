import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { FileDefinitions } from '../../compose/model/definitions.ts';
import { ownValue } from '../../config/values/by-name.ts';
import { valueHider } from '../../config/values/hide-values.ts';
import { readIfExists } from '../files.ts';
import type { Environment } from '../process.ts';

/** Shorter values are words and numbers of other texts too. */
const SHORTEST = 5;

/** More than any project includes; a hostile file could name others without an end. */
const MOST_FILES = 300;

/** Lines in which Compose quotes what it could not read of an env file. */
const QUOTED = /(in variable name|near) ".*/g;

interface Scope {
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
  { projectDirectory, files, envFiles = [] }: Scope,
  env: Environment,
  input = '',
): Promise<(text: string) => string> {
  const usual = env.COMPOSE_ENV_FILES?.split(',') ?? ['.env'];
  const named = envFiles.length > 0 ? envFiles : usual;
  const values = variablesIn(input, env);
  const addFiles = async (paths: readonly string[]) => {
    for (const path of paths) values.push(...variablesOf(await textOf(path)));
  };
  await addFiles(named.map((path) => resolve(projectDirectory, path)));
  const known = new Map([...values, ...Object.entries(env)]);
  const read = await composeFiles(files, projectDirectory, known);
  await addFiles(read.envFiles);
  for (const text of read.texts) values.push(...variablesIn(text, env));
  const hide = valueHider(values.filter(([, value]) => isHidden(value, projectDirectory)));
  return (text) => hide(text).replace(QUOTED, '$1 "…"');
}

/** What the compose files contain and those that they include or extend, and the env files of the included ones. */
async function composeFiles(
  files: readonly string[],
  projectDirectory: string,
  known: ReadonlyMap<string, string | undefined>,
): Promise<{ texts: string[]; envFiles: string[] }> {
  const seen = new Set<string>();
  const texts: string[] = [];
  const envFiles: string[] = [];
  const visit = async (path: string, base: string): Promise<void> => {
    if (seen.has(path) || seen.size >= MOST_FILES) return;
    seen.add(path);
    const text = await textOf(path);
    texts.push(text);
    const at = (each: string) => resolve(base, filled(each, known));
    const { includes, extended } = await namedIn(text);
    for (const { paths, directory, envFiles: own } of includes) {
      const inner = directory ? at(directory) : dirname(at(paths[0] ?? ''));
      envFiles.push(join(inner, '.env'), ...own.map(at));
      for (const each of paths) await visit(at(each), inner);
    }
    for (const each of extended) await visit(at(each), dirname(at(each)));
  };
  for (const file of files) await visit(resolve(projectDirectory, file), projectDirectory);
  return { texts, envFiles };
}

async function textOf(path: string): Promise<string> {
  return (await readIfExists(path).catch(() => undefined)) ?? '';
}

type Named = Pick<FileDefinitions, 'includes' | 'extended'>;

/** The files that a compose file names; none if only Compose can read it. */
async function namedIn(text: string): Promise<Named> {
  const none = { includes: [], extended: [] };
  if (!/\b(include|extends)\b/.test(text)) return none;
  // Only here: the parser takes time to load.
  const { readDefinitions } = await import('../../compose/model/definitions.ts');
  try {
    return readDefinitions(text);
  } catch {
    return none;
  }
}

/** A path with its variables, as far as they are simple. */
function filled(path: string, known: ReadonlyMap<string, string | undefined>): string {
  return path.replace(
    /\$(?:(\w+)|\{(\w+)(?::?-([^}$]*))?\})/g,
    (_, plain?: string, braced?: string, usual = '') => known.get(plain ?? braced ?? '') || usual,
  );
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
