import { CanaryError } from '../../errors.ts';
import type { InContainer } from '../../system/docker/container-ends.ts';
import { tail } from '../../system/process.ts';
import type { ServerContainer } from '../server-kind.ts';

/** Canary's own database on a copy; it is never reported. */
export const NOTES = 'canary_rehearsal';

/** The databases that are not the server's own. */
export const USER_SCHEMAS = `NOT IN ('mysql','information_schema','performance_schema','sys','${NOTES}')`;

export type Flavour = 'mariadb' | 'mysql';

/**
 * Finds the program by either of its names, and root's password where the official images read it. This runs in the
 * container: the password never leaves it.
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

/** Canary's own statements are not logged, not replicated, and read the same in every SQL mode. */
const SESSION =
  "SET SESSION sql_mode='', long_query_time=3600, sql_log_bin=0, lock_wait_timeout=60 /*!80000 , information_schema_stats_expiry=0 */ /*!80013 , sql_require_primary_key=0 */";

/** Lines of a shell in the container, which have `client` and `find_one`. */
export function inShell(
  container: string,
  lines: string,
  args: readonly string[] = [],
): InContainer {
  return { container, command: ['sh', '-c', `${SCRIPT}${lines}`, 'sh', ...args] };
}

/** The server's command-line client; it executes its standard input. */
export function client({ container }: ServerContainer): InContainer {
  return inShell(container, 'client "$@"', [
    ...['--batch', '--raw', '--skip-column-names', '--max-allowed-packet=1G'],
    `--init-command=${SESSION}`,
  ]);
}

/** Executes statements; returns the lines of their results. */
export async function ask(server: ServerContainer, statements: string): Promise<string[]> {
  if (statements === '') return [];
  const { stdout } = await runIn(server, { ...client(server), input: statements });
  return stdout.split('\n').filter((line) => line !== '');
}

/** Executes statements whose rows are JSON. */
export async function askRows<T>(server: ServerContainer, statements: string): Promise<T[]> {
  return (await ask(server, statements)).map((line) => JSON.parse(line) as T);
}

/** Which of the two a server is, by its version. */
export function flavourIn(version: string): Flavour {
  return /mariadb/i.test(version) ? 'mariadb' : 'mysql';
}

/** Runs one of the server's programs to its end; a failure is reported without any value. */
export async function runIn(
  { streams, signal }: ServerContainer,
  program: InContainer,
): Promise<{ stdout: string }> {
  const result = await streams.run(program, { signal });
  if (result.exitCode === 0) return result;
  throw notRehearsed(tail(result.stderr));
}

/** An error with the message of a failed client, without the statement that it quotes: that may contain values. */
export function notRehearsed(words: readonly string[]): CanaryError {
  return new CanaryError(
    'not-rehearsed',
    'The database server refused a command that copying it needs.',
    {
      hint: 'A rehearsal logs in as root: MARIADB_ROOT_PASSWORD or MYSQL_ROOT_PASSWORD (or …_FILE) of the service must be right.',
      details: words.map((line) =>
        line
          .replace(/ near '.*/, '')
          .replace(/^(ERROR (?!1045|1049|1698|2\d{3})\d+[^']*)'.*'/, "$1'…'"),
      ),
    },
  );
}

/** A name, quoted for a statement. */
export function quoted(name: string): string {
  return `\`${name.replaceAll('`', '``')}\``;
}

/** A text, quoted for a statement. */
export function literal(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}
