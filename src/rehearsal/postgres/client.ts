import { CanaryError } from '../../errors.ts';
import type { InContainer } from '../../system/docker/container-ends.ts';
import { tail } from '../../system/process.ts';
import type { ServerContainer } from '../server-kind.ts';

/** By this name our connections are known to the server; one whose command was killed is ended by it. */
export const APPLICATION = 'canary-rehearsal';

/** Where programs connect that no database is named to; there since PostgreSQL 8. */
export const MAINTENANCE = 'template1';

/** Stands before the rows of the next database; no document of JSON. */
const NEXT = 'next';

/** Seconds after which a program of ours in a production's container ends, should nobody hear it any more. */
const LONGEST_S = 3600;

/** The environment with which PostgreSQL's own programs log in over the local socket, as the image's first user. */
export async function credentials(server: ServerContainer): Promise<Record<string, string>> {
  const user = await setting(server, 'POSTGRES_USER', 'POSTGRESQL_USERNAME');
  const password = await setting(
    server,
    'POSTGRES_PASSWORD',
    'POSTGRESQL_POSTGRES_PASSWORD',
    'POSTGRESQL_PASSWORD',
  );
  // Bitnami's images make another superuser where the user of the application is none.
  const { environment = {} } = server.definition;
  const isPlain =
    environment.POSTGRESQL_POSTGRES_PASSWORD ?? environment.POSTGRESQL_POSTGRES_PASSWORD_FILE;
  return {
    PGUSER: (isPlain ? undefined : user) ?? 'postgres',
    ...(password === undefined ? {} : { PGPASSWORD: password }),
    PGAPPNAME: APPLICATION,
    PGCONNECT_TIMEOUT: '10',
  };
}

/** A program of the server's in its container, which can log in. */
export async function program(
  server: ServerContainer,
  command: readonly string[],
): Promise<InContainer> {
  return { container: server.container, command, env: await credentials(server) };
}

/** Runs SQL in a database and returns what it prints, without headers; throws with the server's words. */
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
 * Queries of several databases whose rows are JSON, by one program: to start one in a container takes longer than most
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

/** The databases that people keep things in. */
export function databasesOf(server: ServerContainer): Promise<string[]> {
  return rowsOf(
    server,
    MAINTENANCE,
    'select to_json(datname::text) from pg_database where datallowconn and not datistemplate order by 1::text;',
  );
}

/** psql as a filter: SQL in, rows out, ended by the first error. */
export function psql(database: string, ...more: readonly string[]): string[] {
  return [
    ...['psql', '--no-psqlrc', '--no-align', '--tuples-only', '--quiet'],
    ...['--set=ON_ERROR_STOP=1', ...more, `--dbname=${conninfo(database)}`],
  ];
}

/** A database as a name that cannot be taken for more, such as a connection string. */
export function conninfo(database: string): string {
  return `dbname='${database.replace(/[\\']/g, '\\$&')}'`;
}

/**
 * The same program, ended by itself in the end: nobody else does once the command that started it was killed. By no harder
 * signal: that ends `timeout` too, and then the program is a child of the container's first process. Where that is the
 * server it takes it for one of its own that crashed, and starts anew.
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

/** As psql's own commands read a text. */
export function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "''")}'`;
}

/** As SQL reads one, with `standard_conforming_strings`. */
export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}
