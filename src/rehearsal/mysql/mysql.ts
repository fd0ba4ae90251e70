import type { Place, Server, Size } from '../server.ts';
import { copyServer } from './copy.ts';
import { dumpTables } from './dump.ts';
import { watchServer } from './observe.ts';
import { ask, runIn, sizes } from './programs.ts';
import { NOTES } from './schemas.ts';

/** MySQL and MariaDB. */
export const mysqlServer: Server = {
  dataDirectory,
  measure,
  copy: copyServer,
  watch: watchServer,
  isQuiet,
  clear,
  dump: async (original, tables) => [dumpTables(original, tables)],
  reader,
};

async function measure(place: Place): Promise<Size> {
  const { stdout } = await runIn(place, sizes(place));
  const [used = '', space = ''] = stdout.trim().split('\n');
  const [bytes, free] = [used.split(/\s+/)[0], space.split(/\s+/)[3]].map(
    (each) => Number(each) * 1024,
  );
  return { bytes: bytes ?? 0, free: free ?? 0 };
}

async function isQuiet(copy: Place): Promise<boolean> {
  const [busy] = await ask(
    copy,
    // Threads of the server's own are always at something; so is the one that looks at locks.
    `SELECT COUNT(*) FROM information_schema.processlist WHERE command NOT IN ('Sleep','Daemon','Binlog Dump','Binlog Dump GTID') AND id<>CONNECTION_ID() AND user NOT IN ('system user','event_scheduler') AND COALESCE(db,'')<>'${NOTES}';`,
  );
  return busy === '0';
}

async function dataDirectory(original: Place): Promise<string> {
  const [directory = ''] = await ask(original, 'SELECT @@datadir;');
  return directory.replace(/(.)\/$/, '$1');
}

/** The password of root stays in the container, where the image has it. */
async function reader(): Promise<readonly string[]> {
  const read = 'exec "$(command -v mariadb || command -v mysql)" --user=root';
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell in the container expands it.
  const password = 'MYSQL_PWD="${MARIADB_ROOT_PASSWORD:-$MYSQL_ROOT_PASSWORD}"';
  return ['sh', '-c', `${password} ${read}`];
}

/** A dump ends by itself when whoever asked for it is gone, and nothing else is left. */
async function clear(): Promise<void> {}
