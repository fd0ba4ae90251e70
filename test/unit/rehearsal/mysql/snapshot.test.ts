import { expect, test } from 'vitest';
import type { Fact } from '../../../../src/rehearsal/mysql/catalogue.ts';
import { namingIn } from '../../../../src/rehearsal/mysql/cursor.ts';
import { lossQuery } from '../../../../src/rehearsal/mysql/imprint.ts';
import { snapshotOf } from '../../../../src/rehearsal/mysql/snapshot.ts';

const IN = { schema: 'shop', table: 'my-t' };
const COLUMN = {
  is: 'column' as const,
  ...IN,
  charset: null,
  isNullable: 1,
  hasDefault: 0,
  extra: '',
  default: null,
  generated: null,
  collation: null,
};
const INDEX = { is: 'index' as const, ...IN, type: 'BTREE', length: null };
const FACTS: Fact[] = [
  { is: 'table', schema: 'shop', name: 'my-t', updated: 0 },
  { is: 'number', path: 'shop/my@002dt', number: 42 },
  { ...COLUMN, name: 'id', type: 'int', isNullable: 0, extra: 'auto_increment' },
  { ...COLUMN, name: 'a', type: 'varchar(9)', charset: 'latin1' },
  { ...COLUMN, name: 'j', type: 'longtext', charset: 'utf8mb4' },
  { ...COLUMN, name: 'g', type: 'int', isNullable: 0, extra: 'STORED GENERATED' },
  { ...INDEX, name: 'PRIMARY', isUnique: 1, column: 'id' },
  { ...INDEX, name: 'u', isUnique: 1, column: 'a', length: 4 },
  { ...INDEX, name: 'i', isUnique: 0, column: 'a' },
  { ...INDEX, name: 'i', isUnique: 0, column: null },
  { is: 'foreign key', ...IN, name: 'f', column: 'a', definition: 'shop.b.c CASCADE CASCADE' },
  { is: 'check', ...IN, name: 'j', definition: 'json_valid(`j`)' },
  { is: 'check', ...IN, name: 'c', definition: '`id` > 0' },
  { is: 'trigger', ...IN, name: 'tr', definition: 'BEFORE INSERT SET NEW.a = 1' },
  { is: 'grant', account: "'app'@'%'", on: 'shop.*', privilege: 'SELECT' },
  { is: 'grant', account: "'app'@'%'", on: 'shop.*', privilege: 'INSERT' },
];

test('a snapshot is built from facts', () => {
  const { tables, objects } = snapshotOf({ all: FACTS, sequences: [] }, namingIn('shop'));
  expect(tables).toMatchObject([
    {
      id: '42',
      storage: '42',
      name: 'my-t',
      key: ['id'],
      generated: ['g'],
      columns: [
        { name: 'id', isNullable: false, hasDefault: true },
        { name: 'a', type: 'varchar(9) character set latin1', isNullable: true, hasDefault: false },
        { name: 'j', type: 'json' },
        { name: 'g', hasDefault: true },
      ],
      indexes: [{ name: 'i', definition: 'BTREE (a, expression)' }],
      constraints: [
        { name: 'PRIMARY', kind: 'primary key', definition: 'BTREE (id)' },
        { name: 'u', kind: 'unique', definition: 'BTREE (a(4))' },
        { name: 'f', kind: 'foreign key' },
        { name: 'c', kind: 'check' },
      ],
    },
  ]);
  expect(objects).toMatchObject([
    {
      id: 'tr',
      kind: 'trigger',
      name: 'tr',
      definition: 'BEFORE INSERT SET NEW.a = 1',
      table: '42',
    },
    ...[
      {
        id: "'app'@'%' on shop.*",
        kind: 'grant',
        name: "'app'@'%' on shop.*",
        definition: 'INSERT\nSELECT',
      },
    ],
  ]);
});

test('rows are compared by the unchanged columns, or by their content if there is no key', () => {
  const [of] = snapshotOf({ all: FACTS, sequences: [] }, namingIn('shop')).tables;
  if (!of) throw new Error('no table');
  const place = 'n.t0';
  const renamed = of.columns.map((each) => (each.name === 'a' ? { ...each, name: 'q' } : each));
  const query = lossQuery({ of, place }, { ...of, columns: renamed });
  expect(query).toContain(
    '(b.c0 IS NULL OR b.c0 <=> CRC32(t.`q`)) AND (b.c1 IS NULL OR b.c1 <=> CRC32(t.`j`))',
  );
  expect(query).toContain('LEFT JOIN `shop`.`my-t` t ON t.`id` = b.k0');
  const retyped = of.columns.map((each) => (each.name === 'a' ? { ...each, type: 'int' } : each));
  expect(lossQuery({ of, place }, { ...of, columns: retyped })).not.toContain('c0');
  expect(lossQuery({ of, place }, { ...of, key: [] })).toContain('GROUP BY h');
});
