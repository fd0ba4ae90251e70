import { basename, dirname } from 'node:path/posix';
import { text as textOf } from 'node:stream/consumers';
import { CanaryError, messageOf } from '../../errors.ts';
import { readArchive, writeArchive } from '../../system/docker/container-archive.ts';
import type { CopyJob, ServerContainer } from '../server-kind.ts';
import {
  bounded,
  conninfo,
  databasesOf,
  dataDirectory,
  MAINTENANCE,
  program,
  psql,
  query,
} from './client.ts';
import { sampleScript } from './sample-rows.ts';

/** Makes the copy hold what the original does: file by file if all of it is wanted and possible, else by a dump. */
export async function copyPostgres(job: CopyJob): Promise<void> {
  if (job.data === 'full' && (await copyFiles(job))) return;
  await job.start();
  await relax(job.copy);
  await copyRoles(job);
  for (const database of await databasesOf(job.original)) await copyDatabase(job, database);
}

/**
 * A physical copy, as for a standby: exact, object ids included, and without a query to the original. Returns `false`
 * if the server does not provide one: no rights to replicate, several tablespaces, a log that is too short.
 */
async function copyFiles({ original, copy, start, onBytes }: CopyJob): Promise<boolean> {
  const backup = ['pg_basebackup', '--pgdata=-', '--format=tar', '--wal-method=fetch'];
  const command = bounded([...backup, '--checkpoint=fast', '--no-password']);
  let sent = 0;
  const count = (total: number) => {
    sent = total;
    onBytes(total);
  };
  const { streams, signal } = original;
  const directory = await dataDirectory(original);
  const to = { container: copy.container, path: directory };
  try {
    await streams.pipe(await program(original, command), to, { signal, onBytes: count });
  } catch (error) {
    signal.throwIfAborted();
    // Rejected before its first byte: the folder is still empty, so that the image creates a database there.
    if (sent === 0) return false;
    throw new CanaryError('not-rehearsed', 'Copying the database failed.', {
      details: [messageOf(error)],
      hint: 'Try again; `database: {data: sample}` in canary.yaml copies less.',
      cause: error,
    });
  }
  await keepFolder(original, copy, directory);
  await relaxFiles(copy, directory);
  await start();
  return true;
}

/**
 * The data folder itself, which a backup does not contain: a server starts only in one with its owner and mode, and not
 * every image sets them.
 */
async function keepFolder(
  { streams, container, signal }: ServerContainer,
  copy: ServerContainer,
  directory: string,
): Promise<void> {
  const above = { container: copy.container, path: dirname(directory) };
  await readArchive(
    streams,
    { container, path: directory },
    async (header) => {
      if (header.type !== 'directory') return 'enough';
      const name = `${basename(directory)}/`;
      await writeArchive(
        copy.streams,
        above,
        async (archive) => void archive.entry({ ...header, name }),
        { signal },
      );
      return 'enough';
    },
    { signal },
  );
}

/** Users and groups with their passwords; those that the image has created already stay as they are. */
async function copyRoles({ original, copy }: CopyJob): Promise<void> {
  const dump = bounded(['pg_dumpall', '--globals-only', '--no-password']);
  const restore = psql(MAINTENANCE, '--set=ON_ERROR_STOP=0', '--output=/dev/null');
  const ends = [await program(original, dump), await program(copy, restore)] as const;
  await original.streams.pipe(...ends, { signal: original.signal });
}

async function copyDatabase(job: CopyJob, database: string): Promise<void> {
  const { original, copy, data, sample, onBytes } = job;
  const { signal, streams } = original;
  const dump = ['pg_dump', '--create', '--clean', '--if-exists', '--no-password'];
  const only = data === 'full' ? [] : ['--schema-only'];
  await streams.pipe(
    await program(original, bounded([...dump, ...only, `--dbname=${conninfo(database)}`])),
    await program(copy, psql(MAINTENANCE, '--output=/dev/null')),
    { signal, onBytes },
  );
  if (data === 'full') return;
  // A copy of the schema alone has no rows, but its sequences stand where the original's do.
  const input = await sampleScript(original, database, data === 'schema' ? 0 : sample);
  if (input === undefined) return;
  await streams.pipe(
    { ...(await program(original, bounded(psql(database)))), input },
    await program(copy, psql(database, '--output=/dev/null')),
    { signal, onBytes },
  );
}

/** The copy is thrown away: crash safety would only make it slow. Nothing of it is archived. */
const RELAXED = ['fsync = off', 'synchronous_commit = off', "archive_command = '/bin/true'"];

async function relax(copy: ServerContainer): Promise<void> {
  const sql = RELAXED.map((each) => `alter system set ${each};`).join('\n');
  await query(copy, MAINTENANCE, `${sql}\nselect pg_reload_conf();`);
}

/** The same before its first start, which would sync all its files to the disk and then archive. */
async function relaxFiles(
  { streams, container, signal }: ServerContainer,
  directory: string,
): Promise<void> {
  const name = 'postgresql.auto.conf';
  await readArchive(
    streams,
    { container, path: `${directory}/${name}` },
    async (header, content) => {
      const lines = [await textOf(content), ...RELAXED, ''].join('\n');
      await writeArchive(
        streams,
        { container, path: directory },
        async (archive) => {
          archive.entry({ ...header, name, size: Buffer.byteLength(lines) }, lines);
        },
        { signal },
      );
      return 'enough';
    },
    { signal },
  );
}
