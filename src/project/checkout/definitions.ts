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
  /** The files that its services extend, and those that these extend, absolute. */
  extended: readonly string[];
}

/** How compose files are read. */
export interface Reading {
  /** Replaces the variables in paths as Compose does; those it cannot replace are left out. */
  expand: (paths: readonly string[]) => Promise<string[]>;
  /** Where a file is that the checkout lacks. */
  ownPath: (path: string) => string;
}

/** What these compose files and those they include define, in the order Compose merges them. */
export async function definitionsIn(
  files: readonly string[],
  directory: string,
  reading: Reading,
): Promise<DefiningFile[]> {
  const found: DefiningFile[] = [];
  for (const file of files) await follow(reading, file, directory, found, new Set());
  return found;
}

/** Included files come first: the file that includes them may add to them. */
async function follow(
  reading: Reading,
  file: string,
  base: string,
  found: DefiningFile[],
  above: ReadonlySet<string>,
): Promise<void> {
  // Compose itself reports missing files and circular includes.
  const read = above.has(file) ? undefined : await definitionsOf(reading, file);
  if (read === undefined) return;
  const { services, envFiles, includes, extended } = read;
  const absolute = async (paths: readonly string[], from = base) =>
    (await reading.expand(paths)).map((path) => resolve(from, path));
  const own = await absolute(envFiles);
  for (const include of includes) {
    const paths = await absolute(include.paths);
    const [home] = include.directory ? await absolute([include.directory]) : [];
    own.push(...(await absolute(include.envFiles)));
    for (const path of paths) {
      const inner = home ?? dirname(paths[0] ?? path);
      own.push(resolve(inner, '.env'));
      await follow(reading, path, inner, found, new Set([...above, file]));
    }
  }
  const further: string[] = [];
  for (const target of await absolute(extended)) {
    if (target === file) continue;
    further.push(target);
    const settings = await settingsOf(reading, target);
    own.push(...settings.envFiles);
    further.push(...settings.extended);
  }
  found.push({
    file,
    services,
    isWhole: extended.length === 0,
    envFiles: own,
    extended: further,
  });
}

/** Compose reports an invalid file better. */
async function definitionsOf(
  { ownPath }: Reading,
  file: string,
): Promise<FileDefinitions | undefined> {
  const text = (await readIfExists(file)) ?? (await readIfExists(ownPath(file)));
  try {
    return text === undefined ? undefined : readDefinitions(text);
  } catch {
    return undefined;
  }
}

/** The env files of the services in a file that others extend, and the files that it extends. */
async function settingsOf(
  reading: Reading,
  file: string,
  above: ReadonlySet<string> = new Set(),
): Promise<Pick<DefiningFile, 'envFiles' | 'extended'>> {
  const read = above.has(file) ? undefined : await definitionsOf(reading, file);
  if (!read) return { envFiles: [], extended: [] };
  const absolute = async (paths: readonly string[]) =>
    (await reading.expand(paths)).map((path) => resolve(dirname(file), path));
  const extended = await absolute(read.extended);
  const further = await Promise.all(
    extended.map((path) => settingsOf(reading, path, new Set([...above, file]))),
  );
  return {
    envFiles: [...(await absolute(read.envFiles)), ...further.flatMap((each) => each.envFiles)],
    extended: [...extended, ...further.flatMap((each) => each.extended)],
  };
}

/** The files that define a service, in the order Compose merges them. */
export function filesDefining(definitions: readonly DefiningFile[], service: string): string[] {
  return definitions.filter((each) => each.services.has(service)).map((each) => each.file);
}

/** Files as `extends` names them: relative to the project's folder. */
export function namedFrom(directory: string, files: readonly string[]): string[] {
  return files.map((file) => relative(directory, file));
}
