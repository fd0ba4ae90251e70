import { statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Observation } from '../../database/observation.ts';
import type { Snapshot } from '../../database/snapshot.ts';
import { CanaryError, messageOf } from '../../errors.ts';
import type { Archive } from '../../system/docker/container-ends.ts';
import type { ContainerStreams } from '../../system/docker/container-streams.ts';
import { openSqlite, type Sqlite } from '../../system/sqlite/sqlite.ts';
import { makePrivateFolder, type PrivateFolder } from '../../system/state/private-folder.ts';
import { type FoundFile, findSqliteFiles } from './find.ts';
import { placeFiles } from './place.ts';
import { readWrites } from './rows.ts';
import { readSnapshot } from './snapshot.ts';
import { notReadable, takeSqliteFile } from './take.ts';

/** A folder that stable and canary share. */
export interface SharedFolder {
  /** As people know it: the volume's name or the path. */
  name: string;
  /** In a container of the stable, which runs; it is only read. */
  original: Archive;
  /** In the canary's container in rehearsal, created and not started: an empty volume of its own. */
  copy: Archive;
}

/** One database of a shared folder. */
export interface SqliteCopy {
  /** The folder and the path in it. */
  name: string;
  bytes: number;
  /** Reads the database back from the copy, its container running or not, and tells what became of it. */
  end(): Promise<Observation>;
  /** Forgets what is kept on this machine, with or without an end. */
  discard(): Promise<void>;
}

interface CopyOptions {
  /** Also forgets what is kept on this machine. */
  signal: AbortSignal;
  /** Called with all bytes read so far. */
  onBytes: (total: number) => void;
  /** Called for a folder too large to be read through. */
  onUnread?: (folder: string) => void;
  /** Bytes that copies may take in the engine. */
  free?: number;
}

interface Job {
  streams: ContainerStreams;
  folder: SharedFolder;
  found: FoundFile;
  /** Where this machine keeps the database as it was, until the end. */
  kept: PrivateFolder;
  options: CopyOptions;
}

/**
 * Finds SQLite databases in shared folders and puts a copy of each, as it was at one moment, at the same place in the
 * canary's. The originals are only read, through Docker: nothing runs in their containers. Throws `not-rehearsed`.
 */
export async function copySqliteFiles(
  streams: ContainerStreams,
  folders: readonly SharedFolder[],
  options: CopyOptions,
): Promise<SqliteCopy[]> {
  const progress = sumOfParts(options.onBytes);
  const found: { folder: SharedFolder; found: FoundFile }[] = [];
  for (const folder of folders) {
    const streamOptions = { signal: options.signal, onBytes: progress() };
    const { found: files, isWhole } = await findSqliteFiles(
      streams,
      folder.original,
      streamOptions,
    );
    if (!isWhole) options.onUnread?.(folder.name);
    found.push(...files.map((each) => ({ folder, found: each })));
  }
  if (found.length === 0) return [];
  await requireSpace(
    found.reduce((sum, each) => sum + (each.found.header.size ?? 0), 0),
    options.free,
  );
  const copies: SqliteCopy[] = [];
  try {
    for (const each of found) {
      const kept = await makePrivateFolder(options.signal);
      const job: Job = { ...each, streams, kept, options };
      copies.push(await copyFile(job, progress()));
    }
    return copies;
  } catch (error) {
    for (const each of copies) await each.discard();
    throw error;
  }
}

async function copyFile(job: Job, onBytes: (total: number) => void): Promise<SqliteCopy> {
  const { streams, folder, found, kept, options } = job;
  const name = `${folder.name}/${found.path}`;
  const discard = () => kept.remove();
  try {
    const local = join(kept.path, 'before');
    const take = { signal: options.signal, onBytes, name };
    const from = below(folder.original, found.path);
    if (!(await takeSqliteFile(streams, from, local, take)))
      throw new CanaryError('not-rehearsed', `${name} went away while it was copied.`, {
        hint: 'Try again when nothing replaces it.',
      });
    const before = await reading(local, name, options.signal, async (database) =>
      readSnapshot(database),
    );
    await placeFiles(streams, folder.copy, [{ found, local }], { signal: options.signal });
    return { name, bytes: found.header.size ?? 0, discard, end: () => observe(job, before, name) };
  } catch (error) {
    await discard();
    throw error;
  }
}

async function observe(
  { streams, folder, found, kept, options: { signal } }: Job,
  before: Snapshot,
  name: string,
): Promise<Observation> {
  try {
    const local = join(kept.path, 'after');
    const taken = await takeSqliteFile(streams, below(folder.copy, found.path), local, {
      ...{ signal, name: `the copy of ${name}` },
    });
    const rest = { before, changes: [], locks: [] };
    // Without its file everything is gone.
    if (!taken) return { ...rest, after: { tables: [], objects: [] }, writes: [] };
    return await reading(local, name, signal, async (database) => {
      const after = readSnapshot(database);
      database.run('ATTACH ? AS old', join(kept.path, 'before'));
      return { ...rest, after, writes: await readWrites(database, before, after, signal) };
    });
  } finally {
    await kept.remove();
  }
}

/** What is not understood is said: nothing passes unread. */
async function reading<T>(
  path: string,
  name: string,
  signal: AbortSignal,
  read: (database: Sqlite) => Promise<T>,
): Promise<T> {
  const database = await openSqlite(path);
  try {
    return await read(database);
  } catch (error) {
    signal.throwIfAborted();
    throw notReadable(name, messageOf(error));
  } finally {
    database.close();
  }
}

/** Each database is here twice at the end, beside the copy in the engine. */
async function requireSpace(bytes: number, free: number | undefined): Promise<void> {
  const { bavail, bsize } = await statfs(tmpdir());
  const places = [
    { where: 'the engine', needed: bytes, has: free ?? Number.POSITIVE_INFINITY },
    { where: `${tmpdir()} on this machine`, needed: 2 * bytes, has: bavail * bsize },
  ];
  const full = places.find(({ needed, has }) => needed > has);
  if (!full) return;
  const megabytes = (amount: number) => `${Math.ceil(amount / 1e6).toLocaleString('en-US')} MB`;
  throw new CanaryError(
    'not-rehearsed',
    `A copy of the SQLite databases needs ${megabytes(full.needed)} in ${full.where}, which has ${megabytes(full.has)}.`,
    { hint: 'Make room, or set `database.rehearse: off`.' },
  );
}

function below({ container, path }: Archive, relative: string): Archive {
  return { container, path: `${path}/${relative}` };
}

/** One total of several streams, each of which tells its own. */
function sumOfParts(onBytes: (total: number) => void): () => (total: number) => void {
  const parts: number[] = [];
  return () => {
    const at = parts.push(0) - 1;
    return (total) => {
      parts[at] = total;
      onBytes(parts.reduce((sum, each) => sum + each, 0));
    };
  };
}
