import fc from 'fast-check';
import type { Finding } from '../../src/database/finding.ts';
import { findingsOf } from '../../src/database/findings.ts';
import type { Observation } from '../../src/database/observation.ts';
import type { Column, DatabaseObject, Snapshot, Table } from '../../src/database/snapshot.ts';

/** A column that may be null; its id is its name. */
export function column(name: string, rest: Partial<Column> = {}): Column {
  return { id: name, name, type: 'integer', isNullable: true, hasDefault: false, ...rest };
}

/** A table of five rows with the columns `id` and `code`; its id is its name. */
export function table(name: string, rest: Partial<Table> = {}): Table {
  const columns = [column('id', { isNullable: false, hasDefault: true }), column('code')];
  return {
    id: name,
    name,
    storage: 'file 1',
    rows: 5,
    columns,
    indexes: [],
    constraints: [],
    ...rest,
  };
}

export function object(
  kind: DatabaseObject['kind'],
  name: string,
  rest: Partial<DatabaseObject> = {},
): DatabaseObject {
  return { id: `${kind} ${name}`, kind, name, definition: 'as it was', ...rest };
}

export function snapshot(tables: readonly Table[], objects: readonly DatabaseObject[] = []) {
  return { tables, objects };
}

/** The findings of an observation, on a copy with all rows. */
export function judged(
  before: Snapshot,
  after: Snapshot,
  seen: Partial<Observation> = {},
  hasAllRows = true,
): Finding[] {
  return findingsOf(
    'db',
    {
      before,
      after,
      changes: [],
      writes: [],
      locks: [],
      definition: { before: new Map(), after: new Map() },
      fixesResults: false,
      ...seen,
    },
    { lock: 1000, massShare: 10, hasAllRows },
  );
}

/** Findings as a table of cases lists them: the class and the sentence. */
export function told(findings: readonly Finding[]): string[] {
  return findings.map((each) => `${each.class}: ${each.text}`);
}

const name = fc.constantFrom('discounts', 'orders', 'audit.log', 'Order Details');
const id = fc.constantFrom('1', '2', '3', '4');

const arbitraryColumns = fc.uniqueArray(
  fc.record({
    id,
    name: fc.constantFrom('id', 'code', 'price'),
    type: fc.constantFrom('integer', 'bigint', 'text', 'character varying(20)'),
    isNullable: fc.boolean(),
    hasDefault: fc.boolean(),
  }),
  { selector: (each) => each.id, maxLength: 3 },
);

const arbitraryTable: fc.Arbitrary<Table> = fc.record({
  id,
  name,
  storage: fc.constantFrom('file 1', 'file 2'),
  rows: fc.nat(20),
  columns: arbitraryColumns.map(withOwnNames),
  indexes: fc
    .array(
      fc.record({
        id,
        name: fc.constantFrom('by_code', 'by_price'),
        isUnique: fc.boolean(),
        definition: fc.constantFrom('on code', 'on price'),
      }),
      { maxLength: 2 },
    )
    .map((list) => withOwnNames(withOwnIds(list))),
  constraints: fc
    .array(
      fc.record({
        name: fc.constantFrom('positive', 'discounts_pkey'),
        kind: fc.constantFrom('check' as const, 'primary key' as const),
        definition: fc.constantFrom('price > 0', 'id'),
      }),
      { maxLength: 2 },
    )
    .map(withOwnNames),
});

/** Few names and ids, so that things are renamed, dropped and recreated. */
export const arbitrarySnapshot: fc.Arbitrary<Snapshot> = fc.record({
  tables: fc.array(arbitraryTable, { maxLength: 3 }).map((list) => withOwnNames(withOwnIds(list))),
  objects: fc
    .array(
      fc.record(
        {
          id,
          kind: fc.constantFrom('view' as const, 'sequence' as const, 'trigger' as const),
          name: fc.constantFrom('first', 'second'),
          definition: fc.constantFrom('one', 'two'),
          table: id,
        },
        { requiredKeys: ['id', 'kind', 'name', 'definition'] },
      ),
      { maxLength: 3 },
    )
    .map((list) => withOwnNames(withOwnIds(list))),
});

function withOwnIds<T extends { id: string }>(list: readonly T[]): T[] {
  return list.filter((each, at) => list.findIndex((other) => other.id === each.id) === at);
}

function withOwnNames<T extends { name: string }>(list: readonly T[]): T[] {
  return list.filter((each, at) => list.findIndex((other) => other.name === each.name) === at);
}
