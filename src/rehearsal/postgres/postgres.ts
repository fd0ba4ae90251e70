import { CanaryError } from '../../errors.ts';
import { tail } from '../../system/process.ts';
import type { Server, ServerContainer, Size } from '../server-kind.ts';
import { listen } from './asked.ts';
import { APPLICATION, dataDirectory, endSessions, literal, MAINTENANCE, query } from './client.ts';
import { copyPostgres } from './copy.ts';
import { dumpTables, reader } from './dump.ts';
import { watchPostgres } from './watch.ts';

/** PostgreSQL 12 and newer. */
export const postgres: Server = {
  name: 'PostgreSQL',
  dataDirectory,
  measure,
  copy: copyPostgres,
  watch: watchPostgres,
  listen,
  isQuiet,
  // Sessions of a killed canary command would hold their snapshot until a client reads what they send.
  clear: endSessions,
  dump: dumpTables,
  reader,
};

/** Bytes of every database, and bytes free where they are. */
async function measure(original: ServerContainer): Promise<Size> {
  const sql = 'select sum(pg_database_size(oid)) from pg_database; show data_directory;';
  const [bytes, directory = ''] = (await query(original, MAINTENANCE, sql)).split('\n');
  const { container, streams } = original;
  const command = ['df', '-P', '-k', '--', directory];
  const { stdout, stderr, exitCode } = await streams.run({ container, command });
  const free = Number(stdout.trim().split('\n').at(-1)?.split(/\s+/)[3]) * 1024;
  if (exitCode === 0 && Number.isFinite(free)) return { bytes: Number(bytes), free };
  throw new CanaryError('not-rehearsed', 'The free space for a copy is unknown.', {
    details: tail(stderr, 3),
    hint: '`docker exec` of `df -P` in the container of the database must work.',
  });
}

async function isQuiet(copy: ServerContainer, besides: readonly string[]): Promise<boolean> {
  const sql = `select count(*) from pg_stat_activity
    where client_addr is not null and (state = 'active' or backend_xid is not null) and application_name <> '${APPLICATION}'
      and not host(client_addr) = any(array[${besides.map(literal)}]::text[]);`;
  return Number(await query(copy, MAINTENANCE, sql)) === 0;
}
