import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isWidened } from '../../../../src/database/compare/column-type.ts';

const TYPES = [
  ...['smallint', 'integer', 'bigint', 'numeric', 'numeric(10,2)', 'numeric(12,4)', 'numeric(5,0)'],
  ...['real', 'double precision', 'text', 'character varying', 'character varying(20)'],
  ...[
    'character varying(50)',
    'character(5)',
    'character(20)',
    '"char"',
    'name',
    'boolean',
    'uuid',
  ],
  ...[
    'timestamp without time zone',
    'timestamp(3) without time zone',
    'timestamp(6) with time zone',
  ],
  ...['timestamp with time zone', 'time without time zone', 'date', 'interval', 'interval(3)'],
  ...['interval day to second', 'bytea', 'json', 'jsonb', 'bit(3)', 'bit(8)', 'bit varying(8)'],
  ...['bit varying', 'integer[]', 'bigint[]', 'character varying(20)[]', 'shop.mood', '"Mood (2)"'],
  ...['vector(3)', 'vector', 'int', 'int(11)', 'int(4)', 'int unsigned', 'int(10) unsigned'],
  ...['bigint(20)', 'bigint unsigned', 'tinyint(1)', 'smallint(6)', 'mediumint', 'decimal(10,2)'],
  ...['float', 'double', 'float(7,4)', 'char(3)', 'varchar(20)', 'varchar(255)', 'tinytext'],
  ...['mediumtext', 'longtext', 'tinyblob', 'blob', 'mediumblob', 'longblob', 'binary(16)'],
  ...['binary(20)', 'varbinary(16)', 'varbinary(20)', 'datetime', 'datetime(6)', 'timestamp'],
  ...['timestamp(3)', 'time', 'year(4)', "enum('a','b')", "enum('a','b','c,d)')", "set('a')"],
  ...["set('a','b')", "enum('A','b')", 'geometry', ''],
];

test('a type holds its own values', () => {
  expect(TYPES.filter((each) => !isWidened(each, each))).toEqual([]);
});

test('widening is transitive', () => {
  const pairs = TYPES.flatMap((from) =>
    TYPES.filter((to) => isWidened(from, to)).map((to): [string, string] => [from, to]),
  );
  const broken = pairs.flatMap(([from, middle]) =>
    pairs
      .filter(([next, to]) => next === middle && !isWidened(from, to))
      .map(([, to]) => `${from} < ${middle} < ${to}`),
  );
  expect(broken).toEqual([]);
});

test.each([
  ['integer', 'bigint'],
  ['integer', 'numeric'],
  ['int(11)', 'bigint(20)'],
  ['int(4)', 'int(11)'],
  ['int', 'integer'],
  ['real', 'double precision'],
  ['character varying(20)', 'character varying(50)'],
  ['character varying(50)', 'text'],
  ['varchar(50)', 'mediumtext'],
  ['character(5)', 'character varying(5)'],
  ['numeric(10,2)', 'numeric(12,4)'],
  ['integer[]', 'bigint[]'],
  ['character varying(20)[]', 'character varying(50)[]'],
  ['timestamp(3) with time zone', 'timestamp with time zone'],
  ['datetime', 'datetime(6)'],
  ["enum('a','b')", "enum('a','b','c,d)')"],
  ['varbinary(16)', 'blob'],
])('%s may become %s, but not the reverse', (from, to) => {
  expect([isWidened(from, to), isWidened(to, from)]).toEqual([
    true,
    ['int', 'int(4)'].includes(from),
  ]);
});

test.each([
  ['integer', 'numeric(3)'],
  ['integer', 'text'],
  ['integer', 'integer[]'],
  ['int unsigned', 'int'],
  ['character varying(20)', 'character(20)'],
  ['numeric(10,2)', 'numeric(10,4)'],
  ['bit(3)', 'bit(8)'],
  ['binary(16)', 'binary(20)'],
  ['vector(3)', 'vector(4)'],
  ['timestamp without time zone', 'timestamp with time zone'],
  ['datetime(6)', 'datetime'],
  ["enum('a','b')", "enum('A','b')"],
  ["enum('a)','b')", "enum('b')"],
  ['"Mood (2)"', '"Mood (3)"'],
  ['"char"', 'character(10)'],
])('%s that becomes %s is another type', (from, to) => {
  expect(isWidened(from, to)).toBe(false);
});

test('a higher limit widens, a lower one does not', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1 }), fc.integer({ min: 1 }), (left, right) => {
      const holds = isWidened(`character varying(${left})`, `varchar(${right})`);
      expect(holds).toBe(right >= left);
    }),
  );
});
