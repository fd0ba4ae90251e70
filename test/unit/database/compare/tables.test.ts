import { expect, test } from 'vitest';
import type { Table } from '../../../../src/database/snapshot.ts';
import {
  column,
  judged,
  object,
  snapshot,
  table,
  told,
} from '../../../support/fixture-database.ts';

const code = (rest = {}) => ({ columns: [column('id'), column('code', rest)] });

test.each<[string, Table[], Table[], string[]]>([
  ['nothing', [table('a')], [table('a')], []],
  ['a new table', [], [table('a')], ['expanding: table a is new']],
  ['a dropped table', [table('a')], [], ['destructive: table a is dropped, with its 5 rows']],
  [
    'a dropped table in another schema, without rows',
    [table('audit.log', { rows: 0 })],
    [],
    ['destructive: table audit.log is dropped'],
  ],
  [
    'a table dropped and made anew',
    [table('a', { rows: 1 })],
    [table('a', { id: 'new' })],
    ['destructive: table a is dropped and recreated, without its 1 row'],
  ],
  [
    'a table made anew with other columns',
    [table('a')],
    [table('a', { id: 'new', columns: [column('id', { hasDefault: true, isNullable: false })] })],
    [
      'destructive: table a is dropped and recreated, without its 5 rows',
      'contracting: column a.code is dropped, with its values',
    ],
  ],
  [
    'a renamed table',
    [table('a')],
    [table('b', { id: 'a' })],
    ['contracting: table a is renamed to b'],
  ],
  [
    'a renamed table with a new one in its place',
    [table('a')],
    [table('b', { id: 'a' }), table('a', { id: 'new' })],
    ['contracting: table a is renamed to b, and a new table has its name'],
  ],
  [
    'a table dropped for one with another name',
    [table('a'), table('b')],
    [table('a', { id: 'b' })],
    ['destructive: table a is dropped, with its 5 rows', 'contracting: table b is renamed to a'],
  ],
  [
    'a partition dropped',
    [table('logs', { rows: 10 }), table('logs_2020')],
    [table('logs', { rows: 10 })],
    ['destructive: table logs_2020 is dropped, with its 5 rows'],
  ],
  [
    'a rewritten table',
    [table('a')],
    [table('a', { storage: 'file 2' })],
    ['expanding: table a is rewritten; until that is done nothing else can use it'],
  ],
  [
    'a dropped column',
    [table('a')],
    [table('a', { columns: [column('id', { hasDefault: true, isNullable: false })] })],
    ['contracting: column a.code is dropped, with its values'],
  ],
  [
    'a column made anew',
    [table('a', code())],
    [table('a', code({ id: 'new' }))],
    ['destructive: column a.code is dropped and recreated, without its values'],
  ],
  [
    'a renamed column, and an index that follows it',
    [
      table('a', {
        ...code(),
        indexes: [{ id: 'i', name: 'i', isUnique: true, definition: 'code' }],
      }),
    ],
    [
      table('a', {
        columns: [column('id'), column('coupon', { id: 'code' })],
        indexes: [{ id: 'i', name: 'i', isUnique: true, definition: 'coupon' }],
      }),
    ],
    ['contracting: column a.code is renamed to coupon'],
  ],
  [
    'a widened column',
    [table('a', code())],
    [table('a', code({ type: 'bigint' }))],
    [
      'expanding: column a.code changes its type from integer to bigint, which holds every value it had',
    ],
  ],
  [
    'a narrowed column',
    [table('a', code())],
    [table('a', code({ type: 'smallint' }))],
    ['contracting: column a.code changes its type from integer to smallint'],
  ],
  [
    'a column that may no longer be null',
    [table('a', code())],
    [table('a', code({ isNullable: false }))],
    ['contracting: column a.code may no longer be null'],
  ],
  [
    'a column that may be null',
    [table('a', code({ isNullable: false }))],
    [table('a', code())],
    ['expanding: column a.code may now be null'],
  ],
  [
    'a default that is needed',
    [table('a', code({ isNullable: false, hasDefault: true }))],
    [table('a', code({ isNullable: false }))],
    [
      'contracting: column a.code loses its default and may not be null: inserts of the stable that leave it out fail',
    ],
  ],
  [
    'a default that is dropped',
    [table('a', code({ hasDefault: true }))],
    [table('a', code())],
    [
      'contracting: column a.code loses its default: inserts of the stable that leave it out store nothing',
    ],
  ],
  [
    'new columns',
    [table('a', { columns: [] })],
    [
      table('a', {
        columns: [
          column('free'),
          column('filled', { isNullable: false, hasDefault: true }),
          column('required', { isNullable: false }),
        ],
      }),
    ],
    [
      'contracting: column a.required is new, may not be null and has no default: inserts of the stable fail',
      'expanding: column a.free is new',
      'expanding: column a.filled is new',
    ],
  ],
])('%s', (_, before, after, findings) => {
  expect(told(judged(snapshot(before), snapshot(after)))).toEqual(findings);
});

test('a copy with some of the rows cannot show how long a rewrite blocks others', () => {
  const rewritten = snapshot([table('a', { storage: 'file 2' })]);
  expect(told(judged(snapshot([table('a')]), rewritten, {}, false))).toEqual([
    'contracting: table a is rewritten; until that is done nothing else can use it; a copy without all rows cannot tell how long that takes',
  ]);
});

test('what belongs to a dropped or recreated table is reported with the table', () => {
  const before = snapshot(
    [table('a'), table('b')],
    [object('sequence', 'a_id_seq', { table: 'a' }), object('trigger', 'stamp', { table: 'b' })],
  );
  const after = snapshot(
    [table('a', { id: 'new' })],
    [object('sequence', 'a_id_seq', { id: 'other', table: 'new' })],
  );
  expect(judged(before, after).map(({ kind }) => kind)).toEqual([
    'table-recreated',
    'table-dropped',
  ]);
});
