import { expect, test } from 'vitest';
import type { Table } from '../../../../src/database/snapshot.ts';
import { actionsOf } from '../../../../src/rehearsal/mysql/actions.ts';
import { namingIn } from '../../../../src/rehearsal/mysql/cursor.ts';
import { aligned, storiesOf } from '../../../../src/rehearsal/mysql/lineage.ts';

function table(name: string, number: number | undefined, ...columns: string[]): Table {
  return {
    id: String(number ?? name),
    storage: String(number ?? ''),
    name,
    rows: 1,
    columns: columns.map((each) => ({
      id: each,
      name: each,
      type: 'int',
      isNullable: true,
      hasDefault: false,
    })),
    indexes: [],
    constraints: [],
  };
}

/** Ids of the tables of a later snapshot, their storage, and ids of their columns. */
function after(before: Table[], statements: string[], now: Table[]) {
  const naming = namingIn('shop');
  const actions = statements.flatMap((each) => actionsOf(each, 'shop', naming));
  const stories = storiesOf(
    before.map(({ name }) => name),
    actions,
  );
  const { tables } = aligned(
    { tables: before, objects: [] },
    { tables: now, objects: [] },
    stories,
  );
  return tables.map(({ id, storage, columns }) => [id, storage, ...columns.map((each) => each.id)]);
}

test('an ALTER that rewrites a table leaves it the same table', () => {
  expect(after([table('a', 1, 'x')], ['ALTER TABLE a FORCE'], [table('a', 2, 'x')])).toEqual([
    ['1', '2', 'x'],
  ]);
  expect(after([table('a', 1, 'x')], [], [table('a', 2, 'x')])).toEqual([['1', '2', 'x']]);
});

test('a recreated table is a different one', () => {
  for (const drop of ['DROP TABLE a', 'DROP DATABASE shop'])
    expect(
      after([table('a', 1, 'x')], [drop, 'CREATE TABLE a (x INT)'], [table('a', 2, 'x')]),
    ).toEqual([['2', '2', 'x']]);
  expect(
    after(
      [table('a', 1, 'x')],
      ['CREATE OR REPLACE TABLE a (x INT)'],
      [table('a', 2, 'x')],
    )[0]?.[0],
  ).toBe('2');
  expect(
    after(
      [table('a', undefined, 'x')],
      ['DROP TABLE a', 'CREATE TABLE a (x INT)'],
      [table('a', undefined, 'x')],
    )[0]?.[0],
  ).toBe('new a');
});

test('emptying a table is no rewrite', () => {
  expect(after([table('a', 1)], ['TRUNCATE a'], [table('a', 2)])).toEqual([['1', '1']]);
  expect(after([table('a', 1)], ['TRUNCATE a', 'ALTER TABLE a FORCE'], [table('a', 3)])).toEqual([
    ['1', '3'],
  ]);
});

test('a renamed and rewritten table is the same one', () => {
  const statements = ['RENAME TABLE a TO b', 'ALTER TABLE b FORCE', 'CREATE TABLE a (x INT)'];
  expect(after([table('a', 1)], statements, [table('a', 3), table('b', 2)])).toEqual([
    ['3', '3'],
    ['1', '2'],
  ]);
});

test('columns are tracked through renames', () => {
  const before = [table('a', 1, 'x', 'y', 'z')];
  expect(
    after(before, ['ALTER TABLE a RENAME COLUMN x TO y, RENAME COLUMN y TO x'], before)[0],
  ).toEqual(['1', '1', 'y', 'x', 'z']);
  expect(after(before, ['ALTER TABLE a DROP x, ADD x INT'], before)[0]).toEqual([
    '1',
    '1',
    'new x',
    'y',
    'z',
  ]);
  const twice = ['ALTER TABLE a CHANGE x q INT', 'ALTER TABLE a CHANGE q r INT, CHANGE y y BIGINT'];
  expect(after(before, twice, [table('a', 1, 'r', 'y', 'n')])[0]).toEqual([
    '1',
    '1',
    'x',
    'y',
    'n',
  ]);
});
