import { expect, test } from 'vitest';
import { changesDefinitions } from '../../../../src/database/finding.ts';
import type { HeldLock, RowWrite } from '../../../../src/database/observation.ts';
import { judged, snapshot, table, told } from '../../../support/fixture-database.ts';

const write = (kind: RowWrite['kind'], rows: number, statement = ''): RowWrite => ({
  table: 'a',
  kind,
  rows,
  ...(statement && { statement, service: 'shop-canary' }),
});

test.each<readonly [string, number, number, readonly RowWrite[], readonly string[]]>([
  ['nothing', 100, 100, [], []],
  ['rows added', 100, 200, [], []],
  [
    'a few rows deleted',
    100,
    91,
    [write('delete', 9)],
    ['none: 9 of the 100 rows of a are deleted'],
  ],
  [
    'a share of the rows, by several statements',
    ...([100, 90, [write('delete', 4), write('delete', 6)]] as const),
    ['destructive: 10 of the 100 rows of a are deleted'],
  ],
  ['all rows', 5, 0, [write('delete', 5)], ['destructive: all 5 rows of a are deleted']],
  ['the only row', 1, 0, [write('delete', 1)], ['destructive: 1 row of a is deleted']],
  [
    'a delete that names no rows',
    ...([0, 0, [write('delete', 0, 'DELETE FROM a')]] as const),
    ['destructive: every row of a is deleted'],
  ],
  ['rows of the canary’s own', 0, 0, [write('delete', 3)], ['none: 3 rows of a are deleted']],
  ['a truncate', 5, 0, [write('truncate', 5)], ['destructive: table a is emptied of its 5 rows']],
  [
    'a truncate of few copied rows',
    0,
    0,
    [write('truncate', 0)],
    ['destructive: table a is emptied'],
  ],
  ['rows gone without a trace', 1000, 1, [], ['destructive: 999 of the 1,000 rows of a are gone']],
  ['a few gone without a trace', 100, 99, [], ['none: 1 of the 100 rows of a is gone']],
  [
    'rows overwritten',
    ...([100, 100, [write('update', 50)]] as const),
    ['destructive: 50 of the 100 rows of a are overwritten'],
  ],
  ['a setting of one row', 1, 1, [write('update', 1)], ['none: 1 row of a is overwritten']],
])('%s', (_, rows, left, writes, findings) => {
  const [before, after] = [rows, left].map((each) => snapshot([table('a', { rows: each })]));
  if (!before || !after) throw new Error('no snapshots');
  expect(told(judged(before, after, { writes }))).toEqual(findings);
});

test('the statement that changed most rows is named', () => {
  const world = snapshot([table('a', { rows: 100 })]);
  const writes = [
    write('delete', 1, 'DELETE FROM a WHERE id = 1'),
    write('delete', 40, 'DELETE FROM a WHERE id > 60'),
  ];
  expect(judged(world, world, { writes })).toMatchObject([
    { statement: 'DELETE FROM a WHERE id > 60', service: 'shop-canary', object: 'a' },
  ]);
});

test.each([
  'alembic_version',
  'public.schema_migrations',
  'django_migrations',
  'drizzle.__drizzle_migrations',
])(
  'what a migration tool writes to %s loses nothing, but code without these migrations may not start',
  (name) => {
    const [before, after] = [5, 6].map((rows) => snapshot([table(name, { rows })]));
    if (!before || !after) throw new Error('no snapshots');
    const writes = [{ ...write('update', 5), table: name }];
    const recorded = [`none: other migrations are recorded in ${name}`];
    expect(told(judged(before, before, { writes }))).toEqual(recorded);
    expect(told(judged(before, after))).toEqual(recorded);
    expect(judged(before, before)).toEqual([]);
    expect(judged(before, after).every(changesDefinitions)).toBe(true);
  },
);

test('a tool that only notes that it is at work records nothing', () => {
  const world = snapshot([table('knex_migrations_lock')]);
  const writes = [{ ...write('update', 1), table: 'knex_migrations_lock' }];
  expect(judged(world, world, { writes })).toEqual([]);
});

const lock = (table: string, ms: number): HeldLock => ({
  table,
  ms,
  blocks: 'reads and writes',
  statement: `ALTER TABLE ${table} ADD b int`,
});

test('the longest lock of a table is reported if it exceeds the limit', () => {
  const world = snapshot([table('a'), table('b')]);
  const locks = [lock('a', 1001), lock('a', 2500), lock('b', 1000), lock('new', 9000)];
  const findings = judged(world, world, { locks });
  expect(told(findings)).toEqual([
    'contracting: table a is locked against reads and writes for 2.5 s',
  ]);
  expect(findings[0]?.statement).toBe('ALTER TABLE a ADD b int');
});

test('a recreated table is attributed to the statement that dropped it', () => {
  const changes = [
    { objects: ['b'], statement: 'DROP TABLE b', service: 'other' },
    { objects: ['a'], statement: 'DROP TABLE a', service: 'shop-canary' },
    { objects: ['a'], statement: 'CREATE TABLE a (id int)', service: 'shop-canary' },
  ];
  const after = snapshot([table('a', { id: 'new' })]);
  expect(judged(snapshot([table('a')]), after, { changes })).toMatchObject([
    { statement: 'DROP TABLE a', service: 'shop-canary', database: 'db' },
  ]);
});
