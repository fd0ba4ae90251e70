import { partKey } from '../../database/definition.ts';
import type {
  Column,
  Constraint,
  DatabaseObject,
  Index,
  Snapshot,
  Table,
} from '../../database/snapshot.ts';
import { messageOf } from '../../errors.ts';
import { type Sqlite, sqliteName } from '../../system/sqlite/sqlite.ts';
import { columnKey, constraintsKey, optionsKey, pragmaKey, pragmasOf } from './definition.ts';
import { affinityOf, checksIn, columnsIn, normalised } from './definitions.ts';

type Row = Readonly<Record<string, unknown>>;

/** In `PRAGMA table_xinfo`: a column of a virtual table that is not data. */
const HIDDEN = 1;

/**
 * What a database looks like. Names are ids: programs change an SQLite table by creating another one, copying all rows
 * and giving it the old name, which by itself is no loss.
 */
export function readSnapshot(database: Sqlite): Snapshot {
  const schema = rows(database, 'SELECT type, name, tbl_name, sql FROM sqlite_schema');
  const sql = (name: string) => text(schema.find((each) => each.name === name)?.sql);
  const tables = tableNames(database)
    .filter((name) => hasModule(database, name))
    .map((name) => readTable(database, name, sql));
  return {
    tables,
    objects: [
      ...schema.flatMap((each) => objectOf(database, each, tables)),
      ...tables.flatMap((each) => tableObjects(database, each, sql(each.name))),
      ...pragmasOf(database).map(
        ({ name, value }): DatabaseObject => ({
          id: `pragma ${name}`,
          kind: 'pragma',
          name,
          definition: value,
          parts: [partKey(...pragmaKey(name))],
        }),
      ),
    ],
  };
}

/** Tables with their own rows, virtual ones too; not those in which a virtual table keeps its data. */
function tableNames(database: Sqlite): string[] {
  return rows(
    database,
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type IN ('table', 'virtual') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
  ).map(({ name }) => text(name));
}

/** If the module of a virtual table is not here, the tables that hold its data count as ordinary ones. */
function hasModule(database: Sqlite, name: string): boolean {
  try {
    rows(database, `SELECT 1 FROM main.${sqliteName(name)} LIMIT 0`);
    return true;
  } catch (error) {
    if (/no such module/.test(messageOf(error))) return false;
    throw error;
  }
}

function readTable(database: Sqlite, name: string, sql: (name: string) => string): Table {
  const columns = rows(database, 'SELECT * FROM pragma_table_xinfo(?)', name).filter(
    ({ hidden }) => hidden !== HIDDEN,
  );
  const indexes = rows(database, 'SELECT * FROM pragma_index_list(?) ORDER BY name', name);
  // An index may have an order that only the program knows.
  const [counted] = rows(
    database,
    `SELECT count(*) AS rows FROM main.${sqliteName(name)} NOT INDEXED`,
  );
  return {
    id: idOf(name),
    name,
    storage: '',
    rows: Number(counted?.rows ?? 0),
    parts: [partKey('table', idOf(name))],
    columns: columns.map((each) => columnOf(each, columns, name, sql(name))),
    indexes: indexes
      .filter(({ origin }) => origin === 'c')
      .map((each) => indexOf(database, each, sql)),
    // A constraint may be written with a column or after all of them.
    constraints: [
      ...primaryKey(columns),
      ...indexes
        .filter(({ origin }) => origin === 'u')
        .map(({ name: index }) => constraint('unique', keyOf(database, text(index)))),
      ...foreignKeys(rows(database, 'SELECT * FROM pragma_foreign_key_list(?)', name)),
      ...checksIn(sql(name)).map((check) => constraint('check', check)),
    ].map((each) => ({
      ...each,
      parts: [
        constraintsKey(name),
        ...columns.map((column) => columnKey(name, text(column.name))),
      ].map((key) => partKey(...key)),
    })),
  };
}

function columnOf(column: Row, all: readonly Row[], table: string, sql: string): Column {
  const name = text(column.name);
  const type = affinityOf(text(column.type));
  // SQLite assigns its value.
  const isRowId =
    text(column.type).toLowerCase() === 'integer' &&
    column.pk === 1 &&
    all.every(({ pk }) => Number(pk) < 2);
  const isGenerated = Number(column.hidden) > HIDDEN;
  const { rest = '' } = columnsIn(sql)?.columns.find((each) => each.name === idOf(name)) ?? {};
  return {
    id: idOf(name),
    name,
    type,
    isNullable: column.notnull === 0,
    hasDefault: column.dflt_value !== null || isRowId || isGenerated,
    default: column.dflt_value === null ? undefined : normalised(text(column.dflt_value)),
    generated: isGenerated ? rest : undefined,
    identity: isRowId ? (/\bautoincrement\b/.exec(rest)?.[0] ?? 'row id') : undefined,
    collation: /\bcollate (\S+)/.exec(rest)?.[1],
    parts: [partKey(...columnKey(table, name))],
  };
}

function indexOf(database: Sqlite, index: Row, sql: (name: string) => string): Index {
  const name = text(index.name);
  const key = keyOf(database, name);
  const definition = normalised(sql(name));
  return {
    id: idOf(name),
    name,
    isUnique: index.unique === 1,
    // An expression has no name, a condition is not part of the key: only the statement contains them.
    definition:
      key.includes('?') || index.partial === 1 ? definition.slice(definition.indexOf('(')) : key,
    parts: [partKey('index', idOf(name))],
  };
}

/** What an index is on: columns with order and collation; `?` for an expression. */
function keyOf(database: Sqlite, index: string): string {
  return rows(database, 'SELECT * FROM pragma_index_xinfo(?) WHERE key = 1', index)
    .map(({ name, desc, coll }) =>
      [name ?? '?', ...(desc ? ['desc'] : []), ...(coll === 'BINARY' ? [] : [coll])].join(' '),
    )
    .join(', ');
}

function primaryKey(columns: readonly Row[]): Constraint[] {
  const key = columns
    .filter(({ pk }) => Number(pk) > 0)
    .sort((left, right) => Number(left.pk) - Number(right.pk));
  const names = key.map(({ name }) => text(name)).join(', ');
  return names ? [constraint('primary key', names)] : [];
}

function foreignKeys(list: readonly Row[]): Constraint[] {
  return [...new Set(list.map(({ id }) => id))].map((id) => {
    const parts = list.filter((each) => each.id === id);
    const [first = {}] = parts;
    const from = parts.map((each) => text(each.from)).join(', ');
    const to = parts.map((each) => text(each.to)).join(', ');
    const rules = `on update ${first.on_update} on delete ${first.on_delete}`.toLowerCase();
    return {
      name: `(${from})`,
      kind: 'foreign key' as const,
      definition: `${from} references ${first.table} (${to}) ${rules}`,
    };
  });
}

/** Most have no name: their definitions distinguish them. */
function constraint(kind: Constraint['kind'], definition: string): Constraint {
  return { kind, name: `(${definition})`, definition };
}

/** What belongs to a table besides its columns and constraints. */
function tableObjects(database: Sqlite, { id, name }: Table, sql: string): DatabaseObject[] {
  const belongs = (kind: DatabaseObject['kind'], definition: string, key: readonly string[]) => ({
    id: `${id} ${kind}`,
    kind,
    name: '',
    definition,
    table: id,
    parts: [partKey(...key)],
  });
  const options = belongs('table options', columnsIn(sql)?.options ?? '', optionsKey(name));
  if (!/\bautoincrement\b/i.test(sql)) return [options];
  const [position] = rows(database, 'SELECT seq FROM sqlite_sequence WHERE name = ?', name);
  const [highest] = rows(
    database,
    `SELECT max(rowid) AS id FROM main.${sqliteName(name)} NOT INDEXED`,
  );
  const [last, used] = [Number(position?.seq ?? 0), Number(highest?.id ?? 0)];
  // SQLite never gives a number that is in use.
  const next = belongs('next number', `${Math.max(last, used) + 1}\n1\n${used}`, []);
  return [options, next];
}

function objectOf(
  database: Sqlite,
  { type, name, tbl_name: owner, sql }: Row,
  tables: readonly Table[],
): DatabaseObject[] {
  if (type !== 'view' && type !== 'trigger') return [];
  const table = type === 'trigger' && tables.find(({ id }) => id === idOf(text(owner)));
  const query = normalised(text(sql));
  const definition = type === 'view' ? `${columnsOfView(database, text(name))}\n${query}` : query;
  return [
    {
      id: idOf(text(name)),
      kind: type,
      name: text(name),
      definition,
      table: table ? table.id : undefined,
      parts: [partKey(type, idOf(text(name)))],
    },
  ];
}

/** Names and types; nothing if it reads what does not exist any more. */
function columnsOfView(database: Sqlite, name: string): string {
  try {
    return rows(database, 'SELECT name, type FROM pragma_table_xinfo(?)', name)
      .map((each) => `${text(each.name)} ${text(each.type)}`)
      .join(', ');
  } catch {
    return '';
  }
}

/** SQLite treats names that differ only in case as the same. */
function idOf(name: string): string {
  return name.toLowerCase();
}

function rows(database: Sqlite, sql: string, value?: string): Row[] {
  return database.all(sql, value) as Row[];
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
