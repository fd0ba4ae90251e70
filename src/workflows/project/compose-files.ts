import { dirname, isAbsolute, join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import { CanaryError } from '../../errors.ts';
import { exists, readIfExists } from '../../system/files.ts';
import type { Context } from '../context.ts';

const NAMES = ['compose.yaml', 'compose.yml', 'docker-compose.yaml', 'docker-compose.yml'];
const OWN_OVERRIDE = '/.canary/override.yml';
const OVERRIDES = [
  'compose.override.yaml',
  'compose.override.yml',
  'docker-compose.override.yaml',
  'docker-compose.override.yml',
];

/**
 * The compose files Compose itself would use: `-f`, else COMPOSE_FILE, else the usual names in this
 * folder or the nearest one above, with their override file (Compose documentation, "Compose file path").
 * Throws `compose-file-missing`.
 */
export async function findComposeFiles({
  options,
  env,
}: Context): Promise<{ directory: string; files: string[] }> {
  const given =
    options.files.length > 0 ? options.files : await filesFromEnvironment(options.directory, env);
  if (given.length > 0) {
    const files = given
      .map((file) => (isAbsolute(file) ? file : resolve(options.directory, file)))
      // People name our override beside their files so that plain Compose commands know of the proxy.
      .filter((file) => !file.endsWith(OWN_OVERRIDE));
    for (const file of files) {
      if (!(await exists(file))) throw missing(`There is no compose file ${file}.`);
    }
    return { directory: dirname(files[0] ?? options.directory), files };
  }
  for (let directory = options.directory; ; directory = dirname(directory)) {
    const file = await firstExisting(directory, NAMES);
    if (file) {
      const override = await firstExisting(directory, OVERRIDES);
      return { directory, files: override ? [file, override] : [file] };
    }
    if (directory === dirname(directory)) break;
  }
  throw missing(`No compose file in ${options.directory} or above it.`);
}

async function filesFromEnvironment(directory: string, env: Context['env']): Promise<string[]> {
  const dotEnv = parseEnv((await readIfExists(join(directory, '.env'))) ?? '');
  const value = env.COMPOSE_FILE ?? dotEnv.COMPOSE_FILE ?? '';
  const separator = env.COMPOSE_PATH_SEPARATOR ?? dotEnv.COMPOSE_PATH_SEPARATOR ?? ':';
  return value.split(separator).filter(Boolean);
}

async function firstExisting(
  directory: string,
  names: readonly string[],
): Promise<string | undefined> {
  for (const name of names) {
    const path = join(directory, name);
    if (await exists(path)) return path;
  }
  return undefined;
}

function missing(message: string): CanaryError {
  return new CanaryError('compose-file-missing', message, {
    hint: 'Go to the folder of your docker-compose.yml, or name it with `-C DIR` or `-f FILE`.',
  });
}
