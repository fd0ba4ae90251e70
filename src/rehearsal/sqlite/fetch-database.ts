import { CanaryError, messageOf } from '../../errors.ts';
import { ended } from '../../sentences.ts';
import { nextTurn, systemClock } from '../../system/clock.ts';
import { rm } from '../../system/disk.ts';
import type { Archive } from '../../system/docker/container-ends.ts';
import type { ContainerStreams, StreamOptions } from '../../system/docker/container-streams.ts';
import { openSqlite, type Sqlite, sqliteName } from '../../system/sqlite/sqlite.ts';
import { type DatabaseState, hasLog, isSqlite, isSteady, isWide } from './file-state.ts';
import { download, readState } from './read-file.ts';

const TRIES = 8;

/** Milliseconds before the second try, doubled for each further one. */
const PAUSE = 50;

interface FetchOptions extends StreamOptions {
  signal: AbortSignal;
  /** As users know the file. */
  name: string;
}

/**
 * Copies a database to a file of this machine as it was at one moment, while programs may write to it without taking
 * part. `false`: there is no such database. Throws `not-rehearsed` if it changes at every try.
 */
export async function fetchDatabase(
  streams: ContainerStreams,
  from: Archive,
  to: string,
  options: FetchOptions,
): Promise<boolean> {
  let reason = 'it was changed while it was copied, every time';
  for (let attempt = 0; attempt < TRIES; attempt += 1) {
    if (attempt > 0) await systemClock.sleep(PAUSE * 2 ** (attempt - 1), options.signal);
    const copied = await copyOnce(streams, from, to, options);
    if (copied === 'missing') return false;
    if (copied === 'changed') continue;
    const complaint = await complaintOf(to, options.signal);
    if (!complaint) return true;
    reason = `its copy is damaged: ${complaint}`;
  }
  throw new CanaryError('not-rehearsed', ended(`${options.name} cannot be copied: ${reason}`), {
    hint: 'Try again when there are fewer writes, check it with `PRAGMA integrity_check`, or set `database.rehearse: off`.',
  });
}

async function copyOnce(
  streams: ContainerStreams,
  { container, path }: Archive,
  to: string,
  options: FetchOptions,
): Promise<'copied' | 'changed' | 'missing'> {
  const sides = ['-wal', '-journal'] as const;
  for (const side of sides) await rm(`${to}${side}`, { force: true });
  const look = (side: string) => readState(streams, { container, path: path + side }, options);
  const fetch = (side: string) =>
    download(streams, { container, path: path + side }, to + side, options);
  const [log, journal] = await Promise.all(sides.map(look));
  const main = await fetch('');
  if (!main || !isSqlite(main.head)) return 'missing';
  if (isWide(main)) throw notReadable(options.name, 'its texts are in UTF-16');
  // After the main file: log or journal contain what is written to it meanwhile.
  if (hasLog(main)) await fetch('-wal');
  else if (journal) await fetch('-journal');
  const [mainAfter, logAfter, journalAfter] = await Promise.all([look(''), ...sides.map(look)]);
  if (!mainAfter) return 'changed';
  const before: DatabaseState = { main, log, journal };
  const after: DatabaseState = { main: mainAfter, log: logAfter, journal: journalAfter };
  return isSteady(before, after) ? 'copied' : 'changed';
}

/** What SQLite reports about a table; one that only the program itself can check counts as good. */
function checked(database: Sqlite, table: string): string {
  try {
    const [row = {}] = database.all(`PRAGMA quick_check(${sqliteName(table)})`);
    return String(Object.values(row)[0]);
  } catch (error) {
    if (/^(unknown function|no such (function|collation|module))/.test(messageOf(error)))
      return 'ok';
    throw error;
  }
}

/** A database that only its own program can read. */
export function notReadable(name: string, why: string): CanaryError {
  return new CanaryError('not-rehearsed', ended(`${name} cannot be read: ${why}`), {
    hint: 'Try the canary on a copy of your own, and set `database.rehearse: off`.',
  });
}

/** Merges log or journal into the file, and reads it once. */
async function complaintOf(path: string, signal: AbortSignal): Promise<string | undefined> {
  let database: Sqlite | undefined;
  try {
    database = await openSqlite(path);
    database.all('PRAGMA wal_checkpoint(TRUNCATE)');
    const tables = database.all("SELECT name FROM pragma_table_list WHERE schema = 'main'");
    for (const { name } of tables) {
      // Reading blocks this one thread: other work must get its turn.
      await nextTurn();
      signal.throwIfAborted();
      const said = checked(database, String(name));
      if (said !== 'ok') return said.replace(/^\*.*\n/, '').split('\n')[0];
    }
    return undefined;
  } catch (error) {
    signal.throwIfAborted();
    return messageOf(error);
  } finally {
    database?.close();
  }
}
