import { CanaryError } from '../../errors.ts';
import type { InContainer } from '../../system/docker/container-ends.ts';
import { tail } from '../../system/process.ts';
import type { ServerContainer } from '../server-kind.ts';

/** The name of canary's connections at the server; those of a killed command are found by it and ended. */
export const APPLICATION = 'canary-rehearsal';

/** The database to connect to if none is named; exists since PostgreSQL 8. */
export const MAINTENANCE = 'template1';

/** Precedes the rows of the next database; not a JSON document. */
const NEXT = 'next';

/** Seconds after which canary's program in a production container ends, if no command reads it any more. */
const LONGEST_S = 3600;

/**
 * Settings of our own sessions: those that an application gives to its role or database must change
 * neither what we read nor how it is printed.
 */
const SESSION = [
  ...['search_path=pg_catalog', 'default_transaction_read_only=off', 'statement_timeout=0'],
  ...['lock_timeout=0', 'idle_in_transaction_session_timeout=0'],
  ...['standard_conforming_strings=on', 'DateStyle=ISO', 'IntervalStyle=postgres', 'TimeZone=UTC'],
];

/** The environment with which PostgreSQL's own programs log in over the local socket, as the image's first user. */
export async function credentials(server: ServerContainer): Promise<Record<string, string>> {
  const user = await setting(server, 'POSTGRES_USER', 'POSTGRESQL_USERNAME');
  const password = await setting(
    server,
    'POSTGRES_PASSWORD',
    'POSTGRESQL_POSTGRES_PASSWORD',
    'POSTGRESQL_PASSWORD',
  );
  // Bitnami's images create another superuser if the application's user is not one.
  const { environment = {} } = server.definition;
  const isPlain =
    environment.POSTGRESQL_POSTGRES_PASSWORD ?? environment.POSTGRESQL_POSTGRES_PASSWORD_FILE;
  return {
    PGUSER: (isPlain ? undefined : user) ?? 'postgres',
    ...(password === undefined ? {} : { PGPASSWORD: password }),
    PGAPPNAME: APPLICATION,
    PGOPTIONS: SESSION.map((each) => `-c ${each}`).join(' '),
    PGCONNECT_TIMEOUT: '10',
  };
}

/** One of the server's programs in its container, which can log in. */
export async function program(
  server: ServerContainer,
  command: readonly string[],
): Promise<InContainer> {
  return { container: server.container, command, env: await credentials(server) };
}

/** Runs SQL in a database and returns what it prints, without headers; throws with the server's message. */
export async function query(
  server: ServerContainer,
  database: string,
  sql: string,
): Promise<string> {
  const { streams, signal } = server;
  const asked = { ...(await program(server, psql(database))), input: sql };
  const { exitCode, stdout, stderr } = await streams.run(asked, { signal });
  if (exitCode === 0) return stdout;
  throw new CanaryError('command-failed', 'PostgreSQL refused a query of the rehearsal.', {
    details: tail(stderr, 3),
  });
}

/** Where the server keeps its files. */
export async function dataDirectory(server: ServerContainer): Promise<string> {
  return (await query(server, MAINTENANCE, 'show data_directory;')).trim();
}

/** A query whose rows are JSON. */
export async function rowsOf<T>(
  server: ServerContainer,
  database: string,
  sql: string,
): Promise<T[]> {
  const text = await query(server, database, sql);
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}

/**
 * Queries several databases, with JSON rows, by one program: starting one in a container takes longer than most
 * queries.
 */
export async function rowsOfEach<T>(
  server: ServerContainer,
  databases: readonly string[],
  sql: string,
): Promise<Map<string, T[]>> {
  const parts = databases.map(
    (database) =>
      `\\connect -reuse-previous=on ${quoted(conninfo(database))}\n\\echo ${NEXT}\n${sql}\n`,
  );
  const text = databases.length > 0 ? await query(server, MAINTENANCE, parts.join('')) : '';
  const rows: T[][] = [];
  for (const line of text.split('\n').filter(Boolean)) {
    if (line === NEXT) rows.push([]);
    else rows.at(-1)?.push(JSON.parse(line) as T);
  }
  return new Map(databases.map((database, at) => [database, rows[at] ?? []]));
}

/** The databases that accept connections and are not templates. */
export function databasesOf(server: ServerContainer): Promise<string[]> {
  return rowsOf(
    server,
    MAINTENANCE,
    'select to_json(datname::text) from pg_database where datallowconn and not datistemplate order by 1::text;',
  );
}

/** Databases that others are made from and that accept connections. */
export function templatesOf(server: ServerContainer): Promise<string[]> {
  return rowsOf(
    server,
    MAINTENANCE,
    'select to_json(datname::text) from pg_database where datallowconn and datistemplate order by 1::text;',
  );
}

/** Ends canary's other sessions at a server: Docker lets a program continue when its client is gone. */
export async function endSessions(server: ServerContainer): Promise<void> {
  const sql = `select count(pg_terminate_backend(pid)) from pg_stat_activity
    where application_name = '${APPLICATION}' and pid <> pg_backend_pid();`;
  await query(server, MAINTENANCE, sql);
}

/** psql as a filter: SQL in, rows out, ended by the first error. */
export function psql(database: string, ...more: readonly string[]): string[] {
  return [
    ...['psql', '--no-psqlrc', '--no-align', '--tuples-only', '--quiet'],
    ...['--set=ON_ERROR_STOP=1', ...more, `--dbname=${conninfo(database)}`],
  ];
}

/** A database's name, quoted so that it cannot be taken for more, such as a connection string. */
export function conninfo(database: string): string {
  return `dbname='${database.replace(/[\\']/g, '\\$&')}'`;
}

/**
 * The same program with a time limit: nothing else ends it once the command that started it was killed. By no harder
 * signal: that ends `timeout` too, and then the program is a child of the container's first process. If that is the
 * server, it takes the program for one of its own processes that crashed, and restarts.
 */
export function bounded(command: readonly string[]): string[] {
  return ['nice', '-n', '15', 'timeout', String(LONGEST_S), ...command];
}

async function setting(
  { definition, streams, container }: ServerContainer,
  ...names: readonly string[]
): Promise<string | undefined> {
  const { environment = {} } = definition;
  for (const name of names) {
    const value = environment[name];
    if (value) return value;
    const file = environment[`${name}_FILE`];
    if (!file) continue;
    const { exitCode, stdout } = await streams.run({ container, command: ['cat', '--', file] });
    if (exitCode === 0) return stdout.replace(/\n$/, '');
  }
  return undefined;
}

/**
 * A text, quoted for psql's own commands. They end with their line, whatever is open then: the rest of a name with a line
 * break in it would be read as commands, and `\!` is a program. Source: psql(1), "Meta-Commands".
 */
export function quoted(text: string): string {
  const escaped = text
    .replaceAll('\\', '\\\\')
    .replaceAll("'", "''")
    .replaceAll('\n', '\\n')
    .replaceAll('\r', '\\r');
  return `'${escaped}'`;
}

/** A text, quoted for SQL with `standard_conforming_strings`. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
