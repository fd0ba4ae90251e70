import { CanaryError } from '../../errors.ts';
import { tail } from '../../system/process.ts';
import type { Place } from '../server.ts';
import { quoted } from './quote.ts';

/** By this name our connections are known to the server; one whose command was killed is ended by it. */
export const APPLICATION = 'canary-rehearsal';

/** Where programs connect that no database is named to; there since PostgreSQL 8. */
export const MAINTENANCE = 'template1';

/** Stands before the rows of the next database; no document of JSON. */
const NEXT = 'next';

/** Seconds after which a program of ours in a production's container ends, should nobody hear it any more. */
const LONGEST_S = 3600;

/** The environment with which PostgreSQL's own programs log in over the local socket, as the image's first user. */
export async function credentials(place: Place): Promise<Record<string, string>> {
  const user = await setting(place, ['POSTGRES_USER', 'POSTGRESQL_USERNAME']);
  const password = await setting(place, [
    'POSTGRES_PASSWORD',
    'POSTGRESQL_POSTGRES_PASSWORD',
    'POSTGRESQL_PASSWORD',
  ]);
  // Bitnami's images make another superuser where the user of the application is none.
  const isPlain = hasOwn(place, 'POSTGRESQL_POSTGRES_PASSWORD');
  return {
    PGUSER: (isPlain ? undefined : user) ?? 'postgres',
    ...(password === undefined ? {} : { PGPASSWORD: password }),
    PGAPPNAME: APPLICATION,
    PGCONNECT_TIMEOUT: '10',
  };
}

/** Runs SQL in a database and returns what it prints, without headers; throws with the server's words. */
export async function query(place: Place, database: string, sql: string): Promise<string> {
  const result = await place.streams.run(
    {
      container: place.container,
      command: psql(database),
      env: await credentials(place),
      input: sql,
    },
    { signal: place.signal },
  );
  if (result.exitCode === 0) return result.stdout;
  throw new CanaryError('command-failed', 'PostgreSQL refused a query of the rehearsal.', {
    details: tail(result.stderr, 3),
  });
}

/** A query whose rows are JSON. */
export async function rowsOf<T>(place: Place, database: string, sql: string): Promise<T[]> {
  const text = await query(place, database, sql);
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as T]));
}

/**
 * Queries of several databases whose rows are JSON, by one program: to start one in a container takes longer than most
 * queries.
 */
export async function rowsOfEach<T>(
  place: Place,
  databases: readonly string[],
  sql: string,
): Promise<Map<string, T[]>> {
  const parts = databases.map(
    (database) =>
      `\\connect -reuse-previous=on ${quoted(conninfo(database))}\n\\echo ${NEXT}\n${sql}\n`,
  );
  const text = databases.length > 0 ? await query(place, MAINTENANCE, parts.join('')) : '';
  const rows: T[][] = [];
  for (const line of text.split('\n').filter(Boolean)) {
    if (line === NEXT) rows.push([]);
    else rows.at(-1)?.push(JSON.parse(line) as T);
  }
  return new Map(databases.map((database, at) => [database, rows[at] ?? []]));
}

/** The databases that people keep things in. */
export function databasesOf(place: Place): Promise<string[]> {
  return rowsOf(
    place,
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

async function setting(place: Place, names: readonly string[]): Promise<string | undefined> {
  const environment = place.definition.environment ?? {};
  for (const name of names) {
    const value = environment[name];
    if (value) return value;
    const file = environment[`${name}_FILE`];
    if (!file) continue;
    const { exitCode, stdout } = await place.streams.run({
      container: place.container,
      command: ['cat', '--', file],
    });
    if (exitCode === 0) return stdout.replace(/\n$/, '');
  }
  return undefined;
}

function hasOwn({ definition }: Place, name: string): boolean {
  const environment = definition.environment ?? {};
  return Boolean(environment[name] ?? environment[`${name}_FILE`]);
}
