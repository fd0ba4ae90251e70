import type { Place, Server } from '../server.ts';
import { APPLICATION, MAINTENANCE, query } from './client.ts';
import { copyPostgres, dataDirectory, measurePostgres } from './copy.ts';
import { dumpTables, reader } from './dump.ts';
import { watchPostgres } from './observe.ts';

/** PostgreSQL 12 and newer. */
export const postgres: Server = {
  dataDirectory,
  measure: measurePostgres,
  copy: copyPostgres,
  watch: watchPostgres,
  isQuiet,
  clear,
  dump: dumpTables,
  reader,
};

async function isQuiet(copy: Place): Promise<boolean> {
  const sql = `select count(*) from pg_stat_activity
    where client_addr is not null and (state = 'active' or backend_xid is not null) and application_name <> '${APPLICATION}';`;
  return Number(await query(copy, MAINTENANCE, sql)) === 0;
}

/** Sessions of a command of ours that was killed would hold their snapshot until somebody reads what they send. */
async function clear(original: Place): Promise<void> {
  const sql = `select count(pg_terminate_backend(pid)) from pg_stat_activity
    where application_name = '${APPLICATION}' and pid <> pg_backend_pid();`;
  await query(original, MAINTENANCE, sql);
}
