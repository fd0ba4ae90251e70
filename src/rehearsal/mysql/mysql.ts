import type { Server, ServerContainer, Size } from '../server-kind.ts';
import { ask, inShell, literal, NOTES, runIn } from './client.ts';
import { copyServer } from './copy.ts';
import { dumpTables } from './dump.ts';
import { watchServer } from './watch.ts';

/** MySQL and MariaDB. */
export const mysql: Server = {
  name: 'MySQL or MariaDB',
  dataDirectory,
  measure,
  copy: copyServer,
  watch: watchServer,
  isQuiet,
  // A dump ends by itself when the command that started it is gone, and nothing else is left.
  clear: async () => undefined,
  dump: async (original, tables) => [dumpTables(original, tables)],
  reader,
};

/**
 * Kilobytes of the databases' files, and then what `df` reports for their disk. The server's own figures of a table
 * are estimates, and far behind after many rows came in at once.
 */
const SIZES = `
directory=$(client --batch --skip-column-names --execute='SELECT @@datadir') || exit
cd -- "$directory" || exit
set --
for each in */ ibdata*; do
  case "$each" in
    mysql/ | performance_schema/ | sys/ | '#'*) ;;
    *) [ ! -e "$each" ] || set -- "$@" "$each" ;;
  esac
done
du -skc -- "$@" | tail -n 1
df -Pk . | tail -n 1`;

async function measure(original: ServerContainer): Promise<Size> {
  const { stdout } = await runIn(original, inShell(original.container, SIZES));
  const [used = '', space = ''] = stdout.trim().split('\n');
  const [bytes = 0, free = 0] = [used.split(/\s+/)[0], space.split(/\s+/)[3]].map(
    (each) => Number(each) * 1024,
  );
  return { bytes, free };
}

async function isQuiet(copy: ServerContainer, besides: readonly string[]): Promise<boolean> {
  const others = besides.map((each) => ` AND host NOT LIKE ${literal(`${each}:%`)}`).join('');
  const [busy] = await ask(
    copy,
    // The server's own threads are always busy; so is the one that looks at locks.
    `SELECT COUNT(*) FROM information_schema.processlist WHERE command NOT IN ('Sleep','Daemon','Binlog Dump','Binlog Dump GTID') AND id<>CONNECTION_ID() AND user NOT IN ('system user','event_scheduler') AND COALESCE(db,'')<>'${NOTES}'${others};`,
  );
  return busy === '0';
}

async function dataDirectory(original: ServerContainer): Promise<string> {
  const [directory = ''] = await ask(original, 'SELECT @@datadir;');
  return directory.replace(/(.)\/$/, '$1');
}

/** Root's password stays in the container, where the image has it. */
async function reader(): Promise<readonly string[]> {
  const read = 'exec "$(command -v mariadb || command -v mysql)" --user=root';
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell in the container expands it.
  const password = 'MYSQL_PWD="${MARIADB_ROOT_PASSWORD:-$MYSQL_ROOT_PASSWORD}"';
  return ['sh', '-c', `${password} ${read}`];
}
