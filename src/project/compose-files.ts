import { dirname, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { ownValue } from '../config/values/by-name.ts';
import type { Context } from '../context.ts';
import { CanaryError } from '../errors.ts';
import { exists, readIfExists } from '../system/files.ts';

/** In the order Compose prefers them, which differs for overrides. */
const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yml', 'docker-compose.yaml'];
const OVERRIDES = [
  'compose.override.yml',
  'compose.override.yaml',
  'docker-compose.override.yml',
  'docker-compose.override.yaml',
];
const OWN_OVERRIDE = '/.canary/override.yml';

export interface ComposeFiles {
  directory: string;
  files: string[];
  /** Env files for interpolation; without any, Compose takes the `.env` of the directory. */
  envFiles: readonly string[];
}

/**
 * The compose files Compose itself would use: `-f`, else COMPOSE_FILE, else the usual names in this
 * folder or the nearest one above, with their override file (Compose documentation, "Compose file path").
 * Throws `compose-file-missing`.
 */
export async function findComposeFiles({ options, env }: Context): Promise<ComposeFiles> {
  const given = givenEnvFiles(options, env);
  if (options.files.length > 0) {
    return { ...(await named(options.directory, options.files)), envFiles: given };
  }
  const own = join(options.directory, '.env');
  const settings = given.length > 0 || isOn(env.COMPOSE_DISABLE_ENV_FILE) ? given : [own];
  const files = await filesFromEnvironment(settings, env);
  const found =
    files.length > 0 ? await named(options.directory, files) : await usual(options.directory);
  if (given.length > 0 || found.directory === options.directory) {
    return { ...found, envFiles: given };
  }
  // Called from another folder, Compose reads the settings there and those of the project; the former win.
  const both = isOn(env.COMPOSE_DISABLE_ENV_FILE) ? [] : [join(found.directory, '.env'), own];
  const envFiles = (await exists(own)) ? await existing(both) : [];
  return { ...found, envFiles };
}

/** `--env-file`, else COMPOSE_ENV_FILES, absolute: Compose is called from the project's folder. */
function givenEnvFiles({ directory, envFiles }: Context['options'], env: Context['env']): string[] {
  const named = envFiles.length > 0 ? envFiles : (env.COMPOSE_ENV_FILES ?? '').split(',');
  return named.filter(Boolean).map((file) => resolve(directory, file));
}

async function named(
  base: string,
  names: readonly string[],
): Promise<{ directory: string; files: string[] }> {
  const files = names
    .map((file) => resolve(base, file))
    // Users name our override beside their files so that plain Compose commands know the proxy.
    .filter((file) => !file.endsWith(OWN_OVERRIDE));
  for (const file of files) {
    if (!(await exists(file))) throw missing(`There is no compose file ${file}.`);
  }
  return { directory: dirname(files[0] ?? base), files };
}

async function usual(base: string): Promise<{ directory: string; files: string[] }> {
  for (let directory = base; ; directory = dirname(directory)) {
    const [file] = await existing(NAMES.map((name) => join(directory, name)));
    if (file) {
      const [override] = await existing(OVERRIDES.map((name) => join(directory, name)));
      return { directory, files: override ? [file, override] : [file] };
    }
    if (directory === dirname(directory)) break;
  }
  throw missing(`No compose file in ${base} or above it.`);
}

async function filesFromEnvironment(
  settings: readonly string[],
  env: Context['env'],
): Promise<string[]> {
  const texts = await Promise.all(settings.map(readIfExists));
  const said: Record<string, string> = Object.assign(
    {},
    ...texts.map((text = '') => parseEnv(text.replace(/^\uFEFF/, ''))),
  );
  const value: string = env.COMPOSE_FILE ?? said.COMPOSE_FILE ?? '';
  const separator: string = env.COMPOSE_PATH_SEPARATOR ?? said.COMPOSE_PATH_SEPARATOR ?? ':';
  const expanded = value.replace(
    /\$\{?(\w+)\}?/g,
    (_, name) => ownValue(env, name) ?? ownValue(said, name) ?? '',
  );
  return expanded.split(separator).filter(Boolean);
}

function isOn(value: string | undefined): boolean {
  return /^(1|t|true)$/i.test(value ?? '');
}

async function existing(paths: readonly string[]): Promise<string[]> {
  const found = await Promise.all(paths.map(async (path) => ((await exists(path)) ? [path] : [])));
  return found.flat();
}

function missing(message: string): CanaryError {
  return new CanaryError('compose-file-missing', message, {
    hint: 'Go to the folder of your docker-compose.yml, or name it with `-C DIR` or `-f FILE`.',
  });
}
