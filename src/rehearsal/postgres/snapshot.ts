import { partKey } from '../../database/definition.ts';
import type { DatabaseObject, Snapshot } from '../../database/snapshot.ts';
import type { ServerContainer } from '../server-kind.ts';
import { OBJECTS } from './catalogue.ts';
import { MAINTENANCE, rowsOf, rowsOfEach } from './client.ts';
import { globals } from './globals.ts';
import { NUMBERS, type NumberRow, numberObject, positionQuery } from './numbers.ts';
import { rowCounts, TABLES, type TableRow, tableOf } from './tables.ts';

/** In place of a database: what all share. */
const SHARED = '';

/** An object as it is read, with ids and parts within its database. */
type ObjectRow = Omit<DatabaseObject, 'parts' | 'table'> & {
  table: string | null;
  parts: readonly (readonly string[])[];
};

/**
 * What each of a server's databases looks like now, and under no name what they share; ids are valid
 * only within this server. `salt`: see `globals.ts`.
 */
export async function snapshotsOf(
  server: ServerContainer,
  databases: readonly string[],
  salt: string,
): Promise<ReadonlyMap<string, Snapshot>> {
  const sql = `${TABLES}\n${OBJECTS}\n${NUMBERS}`;
  const found = await rowsOfEach<TableRow | ObjectRow | NumberRow>(server, databases, sql);
  const prefix = prefixIn(server, databases);
  const parts = await Promise.all(
    [...found].map(
      async ([database, rows]) =>
        [database, await snapshotIn(server, database, prefix(database), rows)] as const,
    ),
  );
  const shared = await rowsOf<ObjectRow>(server, MAINTENANCE, globals(salt));
  return new Map([...parts, [SHARED, { tables: [], objects: shared.map(objectIn('', '')) }]]);
}

/**
 * All of it as one. What a database holds besides tables comes and goes with it: it is left out where
 * the database is not one of `lasting`.
 */
export function together(
  snapshots: ReadonlyMap<string, Snapshot>,
  lasting: readonly string[],
): Snapshot {
  return {
    tables: [...snapshots.values()].flatMap(({ tables }) => tables),
    objects: [...snapshots].flatMap(([database, { objects }]) =>
      database === SHARED || lasting.includes(database) ? objects : [],
    ),
  };
}

/** The prefix of names in databases other than the usual one. */
export function prefixIn(
  { definition: { environment } }: ServerContainer,
  databases: readonly string[],
): (database: string) => string {
  const usual =
    environment?.POSTGRES_DB ?? databases.find((each) => each !== 'postgres') ?? 'postgres';
  return (database) => (database === usual ? '' : `${database}/`);
}

async function snapshotIn(
  server: ServerContainer,
  database: string,
  prefix: string,
  found: readonly (TableRow | ObjectRow | NumberRow)[],
): Promise<Snapshot> {
  const tables = found.filter((each): each is TableRow => 'columns' in each);
  const numbers = found.filter((each): each is NumberRow => 'sequence' in each);
  const objects = found.filter((each): each is ObjectRow => 'definition' in each);
  type Read = { id: string; rows?: number; definition?: string };
  const read = await rowsOf<Read>(
    server,
    database,
    [...rowCounts(tables), ...numbers.map(positionQuery)].join('\n'),
  );
  const values = new Map(read.map((each) => [each.id, each]));
  return {
    tables: tables.map((each) => tableOf(each, database, prefix, values.get(each.id)?.rows ?? 0)),
    objects: [
      ...objects.map(objectIn(database, prefix)),
      ...numbers.map((each) =>
        objectIn(database, prefix)(numberObject(each, values.get(each.id)?.definition ?? '')),
      ),
    ],
  };
}

/** Makes ids, names and parts of a database those of its server. */
function objectIn(database: string, prefix: string) {
  const within = (id: string) => (database === '' ? id : `${database} ${id}`);
  return ({ id, name, source, table, parts, ...rest }: ObjectRow): DatabaseObject => ({
    ...rest,
    source: source && prefix + source,
    id: within(id),
    name: name === '' ? '' : prefix + name,
    table: table === null ? undefined : within(table),
    parts: parts.map((each) => partKey(isOfServer(each) ? '' : database, ...each)),
  });
}

/** Rights on databases and their settings are printed with the server. */
function isOfServer([type = '', , name = '']: readonly string[]): boolean {
  return type.startsWith('DATABASE') || name.startsWith('DATABASE ');
}
