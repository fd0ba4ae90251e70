import type { Column, Constraint, DatabaseObject, Index, Snapshot, Table } from '../snapshot.ts';
import type { Naming } from './cursor.ts';
import { byTable, type Fact, factsOf, type IndexColumn, tableKey } from './facts.ts';

/** A table with what is needed to ask for its rows. */
export interface MysqlTable extends Table {
  schema: string;
  /** Its name in its database. */
  bare: string;
  /** Columns of the primary key, when whole values are in it. */
  key: readonly string[];
  /** Columns whose values are made of others. */
  generated: readonly string[];
  /** Second of its last change, as far as the server knows; 0 when it does not. */
  updated: number;
}

export interface MysqlSnapshot extends Snapshot {
  tables: readonly MysqlTable[];
}

/** Puts together what was read; rows are counted elsewhere. */
export function snapshotOf(facts: readonly Fact[], naming: Naming): MysqlSnapshot {
  const numbers = new Map(
    factsOf(facts, 'number').map(({ path, number }) => [keyOfPath(path), String(number)]),
  );
  const [columns, indexes, foreign, checks] = [
    byTable(factsOf(facts, 'column')),
    byTable(factsOf(facts, 'index')),
    byTable(factsOf(facts, 'foreign key')),
    byTable(factsOf(facts, 'check')),
  ];
  const tables = factsOf(facts, 'table').map(({ schema, name, updated }): MysqlTable => {
    const key = tableKey(schema, name);
    const number = numbers.get(key);
    const [own, indexed, ruled] = [columns, indexes, checks].map((map) => map.get(key) ?? []) as [
      ColumnFact[],
      IndexColumn[],
      CheckFact[],
    ];
    const primary = indexed.filter((each) => each.name === 'PRIMARY');
    return {
      ...{ schema, bare: name, name: naming(schema, name), updated, rows: 0 },
      id: number ?? naming(schema, name),
      storage: number ?? '',
      columns: own.map((column) => columnOf(column, ruled)),
      generated: own.filter(isGenerated).map((column) => column.name),
      key: primary.every(({ length }) => length === null)
        ? primary.flatMap(({ column }) => column ?? [])
        : [],
      indexes: indexesOf(indexed.filter(({ isUnique }) => !isUnique)),
      constraints: [
        ...keysOf(indexed.filter(({ isUnique }) => isUnique)),
        ...foreignKeysOf(foreign.get(key) ?? []),
        ...ruled.filter((rule) => !isJson(rule)).map(checkOf),
      ],
    };
  });
  return { tables, objects: objectsOf(facts, tables, naming) };
}

type ColumnFact = Extract<Fact, { is: 'column' }>;
type CheckFact = Extract<Fact, { is: 'check' }>;
type ForeignKeyFact = Extract<Fact, { is: 'foreign key' }>;

/** `shop/my@002dtable`: what is no letter or digit of ASCII is written by its number. */
function keyOfPath(path: string): string {
  const [schema = '', name = ''] = path
    .split('/')
    .map((part) =>
      part.replace(/@([0-9a-f]{4})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    );
  return tableKey(schema, name);
}

/** Where every other set of characters fits into, nothing is said of it. */
const WIDEST = /^utf8mb4/;

function columnOf(column: ColumnFact, checks: readonly CheckFact[]): Column {
  const { name, type, charset, extra } = column;
  // MariaDB's JSON is a text with a check.
  const isText = checks.some((check) => isJson(check) && check.name === name);
  const narrow = charset !== null && !WIDEST.test(charset) ? ` character set ${charset}` : '';
  return {
    ...{ id: name, name, type: isText ? 'json' : `${type}${narrow}` },
    isNullable: column.isNullable === 1,
    hasDefault: column.hasDefault === 1 || /auto_increment/i.test(extra) || isGenerated(column),
  };
}

function isGenerated({ extra }: ColumnFact): boolean {
  return /(virtual|stored|persistent) generated/i.test(extra);
}

function isJson({ name, definition }: CheckFact): boolean {
  return definition === `json_valid(\`${name}\`)`;
}

function indexesOf(columns: readonly IndexColumn[]): Index[] {
  return grouped(columns).map(([name, own]) => ({
    ...{ id: name, name, isUnique: false, definition: definitionOf(own) },
  }));
}

function keysOf(columns: readonly IndexColumn[]): Constraint[] {
  return grouped(columns).map(([name, own]) => ({
    name,
    kind: name === 'PRIMARY' ? 'primary key' : 'unique',
    definition: definitionOf(own),
  }));
}

function definitionOf(columns: readonly IndexColumn[]): string {
  const parts = columns.map(
    ({ column, length }) => `${column ?? 'expression'}${length === null ? '' : `(${length})`}`,
  );
  return `${columns[0]?.type} (${parts.join(', ')})`;
}

function foreignKeysOf(columns: readonly ForeignKeyFact[]): Constraint[] {
  return grouped(columns).map(([name, own]) => ({
    name,
    kind: 'foreign key',
    definition: own.map(({ column, definition }) => `${column} → ${definition}`).join(', '),
  }));
}

function checkOf({ name, definition }: CheckFact): Constraint {
  return { name, kind: 'check', definition };
}

function grouped<F extends { name: string }>(facts: readonly F[]): [string, F[]][] {
  const names = [...new Set(facts.map(({ name }) => name))];
  return names.map((name) => [name, facts.filter((each) => each.name === name)]);
}

function objectsOf(
  facts: readonly Fact[],
  tables: readonly MysqlTable[],
  naming: Naming,
): DatabaseObject[] {
  const ids = new Map(tables.map(({ schema, bare, id }) => [tableKey(schema, bare), id]));
  const grants = new Map<string, string[]>();
  for (const { account, on, privilege } of factsOf(facts, 'grant')) {
    const name = `${account} on ${on}`;
    grants.set(name, [...(grants.get(name) ?? []), privilege]);
  }
  return [
    ...factsOf(facts, 'schema').map(({ name }) => object('schema', name, '')),
    ...factsOf(facts, 'object').map(({ kind, schema, name, definition }) =>
      object(kind, naming(schema, name), definition),
    ),
    ...factsOf(facts, 'trigger').flatMap(({ schema, table, name, definition }) => {
      const id = ids.get(tableKey(schema, table));
      return id === undefined
        ? []
        : [{ ...object('trigger', naming(schema, name), definition), table: id }];
    }),
    ...[...grants].map(([name, privileges]) => object('grant', name, privileges.sort().join('\n'))),
  ];
}

function object(kind: DatabaseObject['kind'], name: string, definition: string): DatabaseObject {
  return { id: name, kind, name, definition };
}
