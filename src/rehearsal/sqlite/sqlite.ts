import { join } from 'node:path';
import type { Observation } from '../../database/observation.ts';
import { CanaryError, messageOf } from '../../errors.ts';
import { rm, temporaryFolder } from '../../system/disk.ts';
import type { Archive } from '../../system/docker/container-ends.ts';
import type { ContainerStreams } from '../../system/docker/container-streams.ts';
import { freeBytes } from '../../system/files.ts';
import { openSqlite, type Sqlite } from '../../system/sqlite/sqlite.ts';
import { makePrivateFolder, type PrivateFolder } from '../../system/state/private-folder.ts';
import { fetchDatabase, notReadable } from './fetch-database.ts';
import { type FoundFile, findSqliteFiles } from './find-databases.ts';
import { between, observationOf, type State, stateOf } from './observation.ts';
import { putFile } from './put-file.ts';

/** A folder that stable and canary share. */
export interface SharedFolder {
  /** As users know it: the volume's name or the path. */
  name: string;
  /** In a running container of the stable; it is only read. */
  original: Archive;
  /** In the canary's container in rehearsal, created but not started: its own empty volume. */
  copy: Archive;
}

/** One database of a shared folder. */
export interface SqliteCopy {
  /** The folder and the path in it. */
  name: string;
  bytes: number;
  /** Reads the database back from the copy, its container running or not, and reports what changed since the last look. */
  look(): Promise<Observation>;
  /** Deletes what is kept on this machine. */
  discard(): Promise<void>;
}

interface CopyOptions {
  /** Its abort also deletes what is kept on this machine. */
  signal: AbortSignal;
  /** Called with all bytes read so far. */
  onBytes: (total: number) => void;
  /** Called for a folder too large to be read through. */
  onUnread?: (folder: string) => void;
  /** Bytes that may still be written on this machine, if that is known already. */
  free?: number;
}

/** One database on its way to its copy and back. */
interface Job {
  streams: ContainerStreams;
  name: string;
  folder: SharedFolder;
  file: FoundFile;
  /** Where this machine keeps the database as it was at each look, by its number. */
  kept: PrivateFolder;
  signal: AbortSignal;
}

/**
 * Finds SQLite databases in shared folders and puts a copy of each, as it was at one moment, at the same place in the
 * canary's. The originals are only read, through Docker: nothing runs in their containers. Throws `not-rehearsed`.
 */
export async function copySqliteFiles(
  streams: ContainerStreams,
  folders: readonly SharedFolder[],
  { signal, onBytes, onUnread, free }: CopyOptions,
): Promise<SqliteCopy[]> {
  const progress = sumOfParts(onBytes);
  const found: Pick<Job, 'folder' | 'file'>[] = [];
  for (const folder of folders) {
    const options = { signal, onBytes: progress() };
    const { files, isWhole } = await findSqliteFiles(streams, folder.original, options);
    if (!isWhole) onUnread?.(folder.name);
    found.push(...files.map((file) => ({ folder, file })));
  }
  if (found.length === 0) return [];
  const bytes = found.reduce((sum, { file }) => sum + (file.header.size ?? 0), 0);
  requireSpace(bytes, free ?? (await freeBytes(temporaryFolder())));
  const copies: SqliteCopy[] = [];
  try {
    for (const each of found) {
      const name = `${each.folder.name}/${each.file.path}`;
      const kept = await makePrivateFolder(signal);
      copies.push(await copyFile({ ...each, streams, name, kept, signal }, progress()));
    }
    return copies;
  } catch (error) {
    for (const each of copies) await each.discard();
    throw error;
  }
}

async function copyFile(job: Job, onBytes: (total: number) => void): Promise<SqliteCopy> {
  const { streams, name, folder, file, kept, signal } = job;
  const discard = () => kept.remove();
  try {
    const local = join(kept.path, '0');
    const from = below(folder.original, file.path);
    if (!(await fetchDatabase(streams, from, local, { signal, onBytes, name })))
      throw new CanaryError('not-rehearsed', `${name} went away while it was copied.`, {
        hint: 'Try again when no other command replaces it.',
      });
    let last = await reading(job, local, async (database) => stateOf(database));
    await putFile(streams, folder.copy, file, local, { signal });
    let looks = 0;
    const look = async () => {
      looks += 1;
      const { observation, after } = await observe(job, last, looks);
      last = after;
      return observation;
    };
    return { name, bytes: file.header.size ?? 0, discard, look };
  } catch (error) {
    await discard();
    throw error;
  }
}

/** What changed since the look before, and the state that the next one is compared with. */
async function observe(
  job: Job,
  before: State,
  number: number,
): Promise<{ observation: Observation; after: State }> {
  const { streams, name, folder, file, kept, signal } = job;
  const local = join(kept.path, String(number));
  const from = below(folder.copy, file.path);
  const options = { signal, name: `the copy of ${name}` };
  // Without its file, everything is gone.
  if (!(await fetchDatabase(streams, from, local, options))) {
    const after = { ...before, snapshot: { tables: [], objects: [] } };
    return { observation: between(before, after), after };
  }
  const old = join(kept.path, String(number - 1));
  const seen = await reading(job, local, (database) =>
    observationOf(database, before, old, signal),
  );
  for (const side of ['', '-wal', '-journal']) await rm(old + side, { force: true });
  return seen;
}

/** What cannot be read is an error: nothing passes unread. */
async function reading<T>(
  { name, signal }: Job,
  path: string,
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

/** In the end this machine holds each database twice, besides the copy in the engine. */
function requireSpace(bytes: number, free: number): void {
  if (2 * bytes <= free) return;
  const megabytes = (amount: number) => `${Math.ceil(amount / 1e6).toLocaleString('en-US')} MB`;
  throw new CanaryError(
    'not-rehearsed',
    `A copy of the SQLite databases needs ${megabytes(2 * bytes)} in ${temporaryFolder()} on this machine, which has ${megabytes(free)}.`,
    { hint: 'Make room, or set `database.rehearse: off`.' },
  );
}

function below({ container, path }: Archive, relative: string): Archive {
  return { container, path: `${path}/${relative}` };
}

/** One total of several streams, each of which reports its own. */
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
