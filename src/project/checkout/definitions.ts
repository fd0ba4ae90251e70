import { dirname, relative, resolve } from 'node:path';
import { type FileDefinitions, readDefinitions } from '../../compose/model/definitions.ts';
import { readIfExists } from '../../system/files.ts';

/** A compose file and the services it defines. */
export interface DefiningFile {
  file: string;
  services: ReadonlySet<string>;
  /** Whether it extends no other file. */
  isWhole: boolean;
  /** The env files that it names, absolute. */
  envFiles: readonly string[];
}

/** What these compose files and those they include define, in the order Compose merges them. */
export async function definitionsIn(
  files: readonly string[],
  directory: string,
): Promise<DefiningFile[]> {
  const found: DefiningFile[] = [];
  for (const file of files) await follow(file, directory, found, new Set());
  return found;
}

/** Included files come first: the file that includes them may add to them. */
async function follow(
  file: string,
  base: string,
  found: DefiningFile[],
  above: ReadonlySet<string>,
): Promise<void> {
  // Compose itself reports missing files and circular includes.
  const text = above.has(file) ? undefined : await readIfExists(file);
  if (text === undefined) return;
  const read = definitionsOf(text);
  if (!read) return;
  const { services, envFiles, includes, extended } = read;
  const own = envFiles.map((path) => resolve(base, path));
  for (const include of includes) {
    const paths = include.paths.map((path) => resolve(base, path));
    const home = include.directory ? resolve(base, include.directory) : undefined;
    own.push(...include.envFiles.map((path) => resolve(base, path)));
    for (const path of paths) {
      const inner = home ?? dirname(paths[0] ?? path);
      own.push(resolve(inner, '.env'));
      await follow(path, inner, found, new Set([...above, file]));
    }
  }
  for (const path of extended) {
    const target = resolve(base, path);
    if (target !== file) own.push(...(await settingsOf(target)));
  }
  found.push({ file, services, isWhole: extended.length === 0, envFiles: own });
}

/** Compose reports an invalid file better. */
function definitionsOf(text: string): FileDefinitions | undefined {
  try {
    return readDefinitions(text);
  } catch {
    return undefined;
  }
}

/** The env files of the services in a file that others extend. */
async function settingsOf(file: string, above: ReadonlySet<string> = new Set()): Promise<string[]> {
  const text = above.has(file) ? undefined : await readIfExists(file);
  if (text === undefined) return [];
  const read = definitionsOf(text);
  if (!read) return [];
  const { envFiles, extended } = read;
  const further = extended.map((path) =>
    settingsOf(resolve(dirname(file), path), new Set([...above, file])),
  );
  return [
    ...envFiles.map((path) => resolve(dirname(file), path)),
    ...(await Promise.all(further)).flat(),
  ];
}

/** The files that define a service, in the order Compose merges them. */
export function filesDefining(definitions: readonly DefiningFile[], service: string): string[] {
  return definitions.filter((each) => each.services.has(service)).map((each) => each.file);
}

/** Files as `extends` names them: relative to the project's folder. */
export function namedFrom(directory: string, files: readonly string[]): string[] {
  return files.map((file) => relative(directory, file));
}
