import { CanaryError } from '../../errors.ts';
import type { InContainer } from '../../system/docker/container-ends.ts';
import { tail } from '../../system/process.ts';
import type { Place } from '../server.ts';
import { USER_SCHEMAS } from './schemas.ts';

/**
 * Finds the program by either of its names and the password of root where the official images take it from, in the
 * container itself: it never leaves there.
 */
const SCRIPT = `
setting() {
  for kind in MARIADB MYSQL; do
    eval "file=\\$\${kind}_$1_FILE value=\\$\${kind}_$1"
    if [ -n "$file" ]; then cat -- "$file"; return; fi
    if [ -n "$value" ]; then printf %s "$value"; return; fi
  done
}
find_one() {
  for name; do command -v "$name" && return; done
  echo "There is no $1 in this image." >&2
  exit 127
}
password=$(setting ROOT_PASSWORD)
if [ -z "$password$(setting ALLOW_EMPTY_ROOT_PASSWORD)$(setting ALLOW_EMPTY_PASSWORD)" ]; then
  echo 'No password of root is set in its environment.' >&2
  exit 78
fi
export MYSQL_PWD="$password"
unset MYSQL_HOST MYSQL_TCP_PORT
client() {
  program=$(find_one mariadb mysql) || exit
  "$program" --user=root --host=localhost --default-character-set=utf8mb4 "$@"
}
`;

/** Statements of our own are not noted, not replicated and read alike in every SQL mode. */
const SESSION =
  "SET SESSION sql_mode='', long_query_time=3600, sql_log_bin=0, lock_wait_timeout=60 /*!80000 , information_schema_stats_expiry=0 */ /*!80013 , sql_require_primary_key=0 */";

function inShell(container: string, lines: string, args: readonly string[]): InContainer {
  return { container, command: ['sh', '-c', `${SCRIPT}${lines}`, 'sh', ...args] };
}

/** The server's command-line client; it does what comes on its standard input. */
export function client({ container }: Place): InContainer {
  return inShell(container, 'client "$@"', [
    ...['--batch', '--raw', '--skip-column-names', '--max-allowed-packet=1G'],
    `--init-command=${SESSION}`,
  ]);
}

/** Waits inside until the server is open to others: an image that prepares its data serves its own socket first. */
export function untilOpen({ container }: Place): InContainer {
  const lines = `
for attempt in $(seq 1500); do
  [ "$(client --batch --skip-column-names --execute='SELECT @@skip_networking' 2>/dev/null)" = 0 ] && exit
  sleep 0.2
done
exit 1`;
  return inShell(container, lines, []);
}

/**
 * Kilobytes of the files of databases, and then what `df` says of where they are. The server's own figures of a table are
 * estimates, and far behind after many rows came in at once.
 */
export function sizes({ container }: Place): InContainer {
  const lines = `
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
  return inShell(container, lines, []);
}

/**
 * The server's dump program, online: all rows of one moment, as far as they are in InnoDB, and no lock. Tables of MyISAM
 * are read one after the other as they are then.
 */
export function dumpProgram(container: string, args: readonly string[]): InContainer {
  return inShell(container, `${DUMP}\ndump "$@"`, args);
}

/** Dumps of some tables of one database after another; a table without a database is of the usual one. */
export function tablesDump(container: string, groups: readonly (readonly string[])[]): InContainer {
  let next = 0;
  const calls = groups.map((group) => `tables ${group.map(() => `"\${${++next}}"`).join(' ')}`);
  return inShell(container, [DUMP, TABLES, ...calls].join('\n'), groups.flat());
}

/** Who is asked to end ends the dump, and not before it has. */
const DUMP = `
dump() {
  program=$(find_one mariadb-dump mysqldump) || exit
  case "$("$program" --version)" in
    *MariaDB*) ;;
    *) set -- --set-gtid-purged=OFF "$@" ;;
  esac
  "$program" --user=root --host=localhost --default-character-set=utf8mb4 --max-allowed-packet=1G \\
    --single-transaction --skip-lock-tables --hex-blob --no-tablespaces --triggers "$@" &
  dumping=$!
  trap 'kill "$dumping" 2>/dev/null' TERM
  wait "$dumping"
  code=$?
  trap - TERM
  wait "$dumping" 2>/dev/null
  return "$code"
}`;

/** What `usualSchema` finds is looked up where it is run. */
const TABLES = `
tables() {
  schema=\${1:-$(setting DATABASE)}
  : "\${schema:=$(client --batch --skip-column-names --execute="SELECT MIN(schema_name) FROM information_schema.schemata WHERE schema_name ${USER_SCHEMAS}")}"
  shift
  printf 'USE \`%s\`;\\n' "$(printf %s "$schema" | sed 's/\`/\`\`/g')"
  dump -- "$schema" "$@" || exit
}`;

/** Has statements done; gives the lines of their results. */
export async function ask(place: Place, statements: string): Promise<string[]> {
  if (statements === '') return [];
  const { stdout } = await runIn(place, { ...client(place), input: statements });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Has statements done of which each row is a document of JSON. */
export async function askFacts<T>(place: Place, statements: string): Promise<T[]> {
  return (await ask(place, statements)).map((line) => JSON.parse(line) as T);
}

/** Runs a program of the server's to its end; what fails is told without any value. */
export async function runIn(
  { streams, signal }: Place,
  program: InContainer,
): Promise<{ stdout: string }> {
  const result = await streams.run(program, { signal });
  if (result.exitCode === 0) return result;
  throw notRehearsed(tail(`${result.stderr}`));
}

/** The words of a client that failed; its own copy of a statement may hold values. */
export function notRehearsed(words: readonly string[]): CanaryError {
  return new CanaryError(
    'not-rehearsed',
    'The database server did not do what a copy of it needs.',
    {
      hint: 'A rehearsal logs in as root: MARIADB_ROOT_PASSWORD or MYSQL_ROOT_PASSWORD (or …_FILE) of the service must be right.',
      details: words.map((line) =>
        line
          .replace(/ near '.*/, '')
          .replace(/^(ERROR (?!1045|1049|1698|2\d{3})\d+.*?)'.*'/, "$1'…'"),
      ),
    },
  );
}
