import { partKey } from '../../database/definition.ts';
import type {
  Column,
  Constraint,
  DatabaseObject,
  Snapshot,
  Table,
} from '../../database/snapshot.ts';
import { type Fact, type FactOf, type Facts, factsOf } from './catalogue.ts';
import type { Naming } from './cursor.ts';
import type { ServerFact } from './server-facts.ts';
import { serverObjects } from './server-objects.ts';

/** A table with what is needed to query its rows. */
export interface MysqlTable extends Table {
  schema: string;
  /** Its name in its database. */
  bare: string;
  /** Columns of the primary key, if it contains whole values. */
  key: readonly string[];
  /** Columns whose values are computed from others. */
  generated: readonly string[];
  /** Second of its last change, if the server knows it; else 0. */
  updated: number;
}

export interface MysqlSnapshot extends Snapshot {
  tables: readonly MysqlTable[];
}

/** Makes a snapshot from what was read; rows are counted elsewhere. */
export function snapshotOf({ all: facts, sequences }: Facts, naming: Naming): MysqlSnapshot {
  const numbers = new Map(
    factsOf(facts, 'number').map(({ path, number }) => [keyOfPath(path), String(number)]),
  );
  const factsByTable = grouped(facts, (fact) =>
    'table' in fact ? tableKey(fact.schema, fact.table) : '',
  );
  const tables = factsOf(facts, 'table').map(({ schema, name, updated }): MysqlTable => {
    const key = tableKey(schema, name);
    const number = numbers.get(key);
    const own = factsByTable.get(key) ?? [];
    const [columns, checks] = [factsOf(own, 'column'), factsOf(own, 'check')];
    const indexes = grouped(factsOf(own, 'index'), nameOf);
    const isUnique = ([, [first]]: Named<'index'>) => Boolean(first?.isUnique);
    const primary = indexes.get('PRIMARY') ?? [];
    const isWhole = primary.every(({ length }) => length === null);
    return {
      schema,
      bare: name,
      name: naming(schema, name),
      updated,
      rows: 0,
      id: number ?? naming(schema, name),
      storage: number ?? '',
      parts: [partKey('table', naming(schema, name))],
      columns: columns.map((column) => ({
        ...columnOf(column, checks),
        parts: [partKey('table', naming(schema, name), `column ${column.name}`)],
      })),
      generated: columns.filter(isGenerated).map((column) => column.name),
      key: isWhole ? primary.flatMap(({ column }) => column ?? []) : [],
      indexes: [...indexes]
        .filter((each) => !isUnique(each))
        .map(([id, parts]) => ({
          id,
          name: id,
          isUnique: false,
          definition: definitionOf(parts),
          parts: [partKey('table', naming(schema, name), `key ${id}`)],
        })),
      constraints: [
        ...[...indexes].filter(isUnique).map(uniqueKeyOf),
        ...[...grouped(factsOf(own, 'foreign key'), nameOf)].map(foreignKeyOf),
        ...checks
          .filter((check) => !isJson(check))
          .map(({ name: rule, definition }) => ({
            name: rule,
            kind: 'check' as const,
            definition,
          })),
      ].map((each) => ({
        ...each,
        // A check may be printed with the column whose name it has.
        parts: [`key ${each.name}`, `column ${each.name}`].map((part) =>
          partKey('table', naming(schema, name), part),
        ),
      })),
    };
  });
  const ids = new Map(tables.map(({ schema, bare, id }) => [tableKey(schema, bare), id]));
  const idOf = (schema: string, table: string) => ids.get(tableKey(schema, table));
  const own = facts.filter((fact): fact is ServerFact => SERVER_FACTS.has(fact.is));
  return {
    tables,
    objects: [
      ...objectsOf(facts, idOf, naming),
      ...serverObjects(own, sequences, { naming, idOf }),
    ],
  };
}

const SERVER_FACTS: ReadonlySet<Fact['is']> = new Set([
  ...(['options', 'partition', 'account', 'membership', 'variable', 'sequence'] as const),
]);

/** A name cannot contain a NUL. */
function tableKey(schema: string, name: string): string {
  return `${schema}\0${name}`;
}

/** `shop/my@002dtable`: characters other than ASCII letters and digits are written as their number. */
function keyOfPath(path: string): string {
  const [schema = '', name = ''] = path
    .split('/')
    .map((part) =>
      part.replace(/@([0-9a-f]{4})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16))),
    );
  return tableKey(schema, name);
}

/** This character set holds every other one, so it is not shown. */
const WIDEST = /^utf8mb4/;

function columnOf(column: FactOf<'column'>, checks: readonly FactOf<'check'>[]): Column {
  const { name, type, charset, extra } = column;
  // MariaDB's JSON is a text with a check.
  const isText = checks.some((check) => isJson(check) && check.name === name);
  const narrow = charset !== null && !WIDEST.test(charset) ? ` character set ${charset}` : '';
  const isNumbered = /auto_increment/i.test(extra);
  return {
    id: name,
    name,
    type: isText ? 'json' : `${type}${narrow}`,
    isNullable: column.isNullable === 1,
    hasDefault: column.hasDefault === 1 || isNumbered || isGenerated(column),
    default: `${column.default ?? ''} ${/on update \S+/i.exec(extra)?.[0] ?? ''}`,
    generated: isGenerated(column) ? `${column.generated} ${extra}` : undefined,
    identity: isNumbered ? 'auto_increment' : undefined,
    collation: column.collation ?? undefined,
  };
}

function isGenerated({ extra }: FactOf<'column'>): boolean {
  return /(virtual|stored|persistent) generated/i.test(extra);
}

function isJson({ name, definition }: FactOf<'check'>): boolean {
  return definition === `json_valid(\`${name}\`)`;
}

/** What an index is on, in the order of its parts. */
function definitionOf(parts: readonly FactOf<'index'>[]): string {
  const columns = parts.map(
    ({ column, length }) => `${column ?? 'expression'}${length === null ? '' : `(${length})`}`,
  );
  return `${parts[0]?.type} (${columns.join(', ')})`;
}

type Named<Sort extends Fact['is']> = readonly [string, readonly FactOf<Sort>[]];

function uniqueKeyOf([name, parts]: Named<'index'>): Constraint {
  const kind = name === 'PRIMARY' ? 'primary key' : 'unique';
  return { name, kind, definition: definitionOf(parts) };
}

function foreignKeyOf([name, parts]: Named<'foreign key'>): Constraint {
  const columns = parts.map(({ column, definition }) => `${column} → ${definition}`);
  return { name, kind: 'foreign key', definition: columns.join(', ') };
}

function objectsOf(
  facts: readonly Fact[],
  idOf: (schema: string, table: string) => string | undefined,
  naming: Naming,
): DatabaseObject[] {
  const columns = grouped(factsOf(facts, 'column'), ({ schema, table }) => tableKey(schema, table));
  const grants = grouped(factsOf(facts, 'grant'), ({ account, on }) => `${account} on ${on}`);
  return [
    ...factsOf(facts, 'schema').map(({ name, definition }) => object('schema', name, definition)),
    ...factsOf(facts, 'object').map(({ kind, schema, name, definition }) =>
      object(
        kind,
        naming(schema, name),
        kind === 'view'
          ? viewOf(columns.get(tableKey(schema, name)) ?? [], definition)
          : definition,
      ),
    ),
    ...factsOf(facts, 'trigger').flatMap(({ schema, table, name, definition }) => {
      const id = idOf(schema, table);
      const trigger = object('trigger', naming(schema, name), definition);
      return id === undefined ? [] : [{ ...trigger, table: id }];
    }),
    ...[...grants].map(([name, own]) => {
      const privileges = own.map(({ privilege }) => privilege).sort();
      const [{ account = '', on = '' } = {}] = own;
      // A right on a column is printed with its table.
      const places = [on, on.replace(/\.[^.]*$/, '')];
      const parts = places.map((place) => partKey('account', account, place));
      return { ...object('grant', name, privileges.join('\n')), parts };
    }),
  ];
}

function object(kind: DatabaseObject['kind'], name: string, definition: string): DatabaseObject {
  return { id: name, kind, name, definition, parts: [partKey(kind, name)] };
}

/** Its columns in a line, and then its query. */
function viewOf(columns: readonly FactOf<'column'>[], query: string): string {
  return `${columns.map(({ name, type }) => `${name} ${type}`).join(', ')}\n${query}`;
}

function nameOf({ name }: { name: string }): string {
  return name;
}

function grouped<T>(all: readonly T[], keyOf: (each: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of all) {
    const group = groups.get(keyOf(each));
    if (group) group.push(each);
    else groups.set(keyOf(each), [each]);
  }
  return groups;
}
