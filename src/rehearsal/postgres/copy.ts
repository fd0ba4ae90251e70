import { text as textOf } from 'node:stream/consumers';
import { CanaryError, messageOf } from '../../errors.ts';
import { readArchive, writeArchive } from '../../system/docker/container-archive.ts';
import { tail } from '../../system/process.ts';
import type { CopyJob, Place } from '../server.ts';
import { bounded, conninfo, credentials, databasesOf, MAINTENANCE, psql, query } from './client.ts';
import { sampleScript } from './sample.ts';

/** Makes the copy hold what the original does: file by file where all of it is wanted, else by a dump. */
export async function copyPostgres(job: CopyJob): Promise<void> {
  if (job.data === 'full' && (await copyFiles(job))) return;
  await job.start();
  await relax(job.copy);
  await copyRoles(job);
  for (const database of await databasesOf(job.original)) await copyDatabase(job, database);
}

/**
 * A physical copy, as for a standby: exact, object ids included, and no query of the original's. Says `false` where the
 * server does not give one: no rights to replicate, several tablespaces, a log that is too short.
 */
async function copyFiles({ original, copy, start, onBytes }: CopyJob): Promise<boolean> {
  const directory = await dataDirectory(original);
  const program = ['pg_basebackup', '--pgdata=-', '--format=tar', '--wal-method=fetch'];
  const from = {
    container: original.container,
    command: bounded([...program, '--checkpoint=fast', '--no-password']),
    env: await credentials(original),
  };
  let sent = 0;
  const count = (total: number) => {
    sent = total;
    onBytes(total);
  };
  try {
    const to = { container: copy.container, path: directory };
    await original.streams.pipe(from, to, { signal: original.signal, onBytes: count });
  } catch (error) {
    original.signal.throwIfAborted();
    // Refused before its first byte: the folder is still empty, so that the image makes a database there.
    if (sent === 0) return false;
    throw new CanaryError('not-rehearsed', 'The copy of the database broke off.', {
      details: [messageOf(error)],
      hint: 'Try again; `database: {data: sample}` in canary.yaml copies less.',
      cause: error,
    });
  }
  await relaxFiles(copy, directory);
  await start();
  return true;
}

/** Users and groups with their passwords; those that the image has made already are left. */
async function copyRoles({ original, copy }: CopyJob): Promise<void> {
  const command = bounded(['pg_dumpall', '--globals-only', '--no-password']);
  const from = { container: original.container, command, env: await credentials(original) };
  const to = {
    container: copy.container,
    command: psql(MAINTENANCE, '--set=ON_ERROR_STOP=0', '--output=/dev/null'),
    env: await credentials(copy),
  };
  await original.streams.pipe(from, to, { signal: original.signal });
}

async function copyDatabase(job: CopyJob, database: string): Promise<void> {
  const { original, copy, data, sample, onBytes } = job;
  const { signal, streams } = original;
  const dump = ['pg_dump', '--create', '--clean', '--if-exists', '--no-password'];
  const only = data === 'full' ? [] : ['--schema-only'];
  const env = await credentials(original);
  const from = {
    container: original.container,
    command: bounded([...dump, ...only, `--dbname=${conninfo(database)}`]),
    env,
  };
  const target = { container: copy.container, env: await credentials(copy) };
  const restore = psql(MAINTENANCE, '--output=/dev/null');
  await streams.pipe(from, { ...target, command: restore }, { signal, onBytes });
  if (data !== 'sample') return;
  const script = await sampleScript(original, database, sample);
  if (script === undefined) return;
  const reader = { container: original.container, command: bounded(psql(database)), env };
  await streams.pipe(
    { ...reader, input: script },
    { ...target, command: psql(database, '--output=/dev/null') },
    { signal, onBytes },
  );
}

/** The copy is thrown away: what makes it survive a crash only makes it slow. Nothing of it is archived. */
const RELAXED = ['fsync = off', 'synchronous_commit = off', "archive_command = '/bin/true'"];

async function relax(copy: Place): Promise<void> {
  const sql = RELAXED.map((each) => `alter system set ${each};`).join('\n');
  await query(copy, MAINTENANCE, `${sql}\nselect pg_reload_conf();`);
}

/** The same before its first start, which would write every file of it to the disk and then archive. */
async function relaxFiles({ streams, container, signal }: Place, directory: string): Promise<void> {
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

/** Where the server keeps its files. */
export async function dataDirectory(place: Place): Promise<string> {
  const text = await query(place, MAINTENANCE, 'show data_directory;');
  return text.trim();
}

/** Bytes of every database, and bytes free where they are. */
export async function measurePostgres(place: Place): Promise<{ bytes: number; free: number }> {
  const sql = 'select sum(pg_database_size(oid)) from pg_database; show data_directory;';
  const [bytes, directory = ''] = (await query(place, MAINTENANCE, sql)).split('\n');
  const { stdout, stderr, exitCode } = await place.streams.run({
    container: place.container,
    command: ['df', '-P', '-k', '--', directory],
  });
  const free = Number(stdout.trim().split('\n').at(-1)?.split(/\s+/)[3]) * 1024;
  if (exitCode === 0 && Number.isFinite(free)) return { bytes: Number(bytes), free };
  throw new CanaryError('not-rehearsed', 'Free space for a copy could not be told.', {
    details: tail(stderr, 3),
    hint: '`docker exec` of `df -P` in the container of the database must work.',
  });
}
