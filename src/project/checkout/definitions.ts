import { dirname, relative, resolve } from 'node:path';
import { type FileDefinitions, readDefinitions, UNREAD } from '../../compose/model/definitions.ts';
import { CanaryError } from '../../errors.ts';
import { exists, readIfExists } from '../../system/files.ts';

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
  /** Files of which only Compose knows all that it reads: this one, or others that it names. */
  unclear: readonly string[];
}

/** How compose files are read. */
export interface Reading {
  /** Replaces the variables in paths as Compose does; those it cannot replace are left out. */
  expand: (paths: readonly string[]) => Promise<string[]>;
  /** Where a file is that the checkout lacks. */
  ownPath: (path: string) => string;
}

/** Files that include each other twice are read twice as often at every level: with 30 levels, without an end. */
const MOST_FILES = 300;

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
  if (above.has(file)) return;
  requireFew(found.length);
  const { services, envFiles, includes, extended, isClear } = await definitionsOf(reading, file);
  const unclear = isClear ? [] : [file];
  const absolute = async (paths: readonly string[], from = base) => {
    const expanded = await reading.expand(paths);
    if (expanded.length < paths.length) unclear.push(file);
    return expanded.map((path) => resolve(from, path));
  };
  const own = await absolute(envFiles);
  for (const include of includes) {
    const paths = await absolute(include.paths);
    const [home] = include.directory ? await absolute([include.directory]) : [];
    const settings = await absolute(include.envFiles);
    const inner = home ?? dirname(paths[0] ?? base);
    const usual = resolve(inner, '.env');
    own.push(...settings, usual);
    // Its variables may have other values there than in the project.
    const hasOwn = settings.length > 0 || (inner !== base && (await isThere(reading, usual)));
    for (const path of paths) {
      const read = hasOwn ? { ...reading, expand: withoutVariables } : reading;
      await follow(read, path, inner, found, new Set([...above, file]));
    }
  }
  const further: string[] = [];
  const seen = new Set<string>();
  for (const target of await absolute(extended)) {
    if (target === file) continue;
    further.push(target);
    const settings = await settingsOf(reading, target, seen);
    own.push(...settings.envFiles);
    further.push(...settings.extended);
    unclear.push(...settings.unclear);
  }
  found.push({
    file,
    services,
    isWhole: extended.length === 0,
    envFiles: own,
    extended: further,
    unclear,
  });
}

function requireFew(count: number): void {
  if (count <= MOST_FILES) return;
  throw new CanaryError(
    'compose-file-invalid',
    `The compose file includes or extends more than ${MOST_FILES} files.`,
    { hint: 'Include every file once.' },
  );
}

/** Those in which nothing has to be replaced. */
async function withoutVariables(paths: readonly string[]): Promise<string[]> {
  return paths.filter((path) => !path.includes('$'));
}

/** Compose reports a missing or invalid file better. */
async function definitionsOf({ ownPath }: Reading, file: string): Promise<FileDefinitions> {
  const text = (await readIfExists(file)) ?? (await readIfExists(ownPath(file)));
  try {
    return text === undefined ? UNREAD : readDefinitions(text);
  } catch {
    return UNREAD;
  }
}

async function isThere({ ownPath }: Reading, file: string): Promise<boolean> {
  return (await exists(file)) || (await exists(ownPath(file)));
}

/** What Compose reads besides a file that others extend; nothing if it was seen before. */
async function settingsOf(
  reading: Reading,
  file: string,
  seen: Set<string>,
): Promise<Pick<DefiningFile, 'envFiles' | 'extended' | 'unclear'>> {
  if (seen.has(file)) return { envFiles: [], extended: [], unclear: [] };
  seen.add(file);
  requireFew(seen.size);
  const read = await definitionsOf(reading, file);
  const absolute = async (paths: readonly string[]) =>
    (await reading.expand(paths)).map((path) => resolve(dirname(file), path));
  const [envFiles, extended] = [await absolute(read.envFiles), await absolute(read.extended)];
  const isWhole =
    envFiles.length === read.envFiles.length && extended.length === read.extended.length;
  const isClear = read.isClear && isWhole;
  const further = await Promise.all(extended.map((path) => settingsOf(reading, path, seen)));
  return {
    envFiles: [...envFiles, ...further.flatMap((each) => each.envFiles)],
    extended: [...extended, ...further.flatMap((each) => each.extended)],
    unclear: [...(isClear ? [] : [file]), ...further.flatMap((each) => each.unclear)],
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
