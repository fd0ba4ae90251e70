import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { namesNoRows, shownStatement } from '../../../src/database/statement.ts';

describe('a shown statement', () => {
  test.each([
    ['DROP TABLE discounts;', 'DROP TABLE discounts'],
    ['  ALTER TABLE  a\n\tADD b int ; ', 'ALTER TABLE a ADD b int'],
    ["UPDATE a SET b = 'it''s', c = 3", "UPDATE a SET b = '…', c = 3"],
    [String.raw`SELECT E'it\'s' || 'more' || x`, "SELECT '…' || '…' || x"],
    ['DO $$ begin drop table a; end $$ LANGUAGE x', "DO '…' LANGUAGE x"],
    ["SELECT $a$ $b$ '$b$ $$ $a$, b", "SELECT '…', b"],
    ['SELECT $1, $2', 'SELECT $1, $2'],
    ["-- it's\nDROP TABLE a /* 'x */ CASCADE", 'DROP TABLE a CASCADE'],
    ["SELECT '-- no comment', '/*', b", "SELECT '…', '…', b"],
    ["SELECT a #>> '{b}' FROM c", "SELECT a #>> '…' FROM c"],
    ['DROP TABLE "Order Details"', 'DROP TABLE "Order Details"'],
    ['DROP TABLE `order details`', 'DROP TABLE `order details`'],
    ["ALTER USER shop PASSWORD 'hunter2'", "ALTER USER shop PASSWORD '…'"],
    ['ALTER USER shop IDENTIFIED BY "hunter2"', "ALTER USER shop IDENTIFIED BY '…'"],
    [
      "CREATE USER a@'%' IDENTIFIED BY PASSWORD '*AB'",
      "CREATE USER a@'…' IDENTIFIED BY PASSWORD '…'",
    ],
    ["SELECT X'AB', N'cd', tablex'ef'", "SELECT '…', '…', tablex'…'"],
    ["UPDATE a SET b = 'no end", "UPDATE a SET b = '…'"],
  ])('%s', (text, shown) => {
    expect(shownStatement(text)).toBe(shown);
  });

  test.each([
    ['a backslash before a quote', String.raw`UPDATE a SET b = 'c\', d = ' hunter2 '`],
    ['a comment in a comment', "/* a /* b */ ' */ UPDATE a SET b = 'hunter2'"],
    ['a comment of MySQL alone', "SELECT 1 # it's\n, ' hunter2 '"],
    ['a comment of PostgreSQL alone', "SELECT 1 --'\n, ' hunter2 '"],
    ['a quote in a name of MySQL', "SELECT `it's` hunter2 '"],
  ])('if servers read %s differently, leaves out the rest', (_, text) => {
    expect(shownStatement(text)).not.toContain('hunter2');
  });

  test('treats double quotes as values in MySQL', () => {
    expect(shownStatement('UPDATE a SET b = "c\'d" WHERE `e` = 1', 'values')).toBe(
      "UPDATE a SET b = '…' WHERE `e` = 1",
    );
    expect(shownStatement(String.raw`SET a = "b\" hunter2 "`, 'values')).not.toContain('hunter2');
  });

  test('is never longer than a line', () => {
    const long = shownStatement(`DROP TABLE ${'a, '.repeat(100)}b`);
    expect(long).toHaveLength(160);
    expect(long.endsWith('…')).toBe(true);
  });

  test.each(["'", "E'", '"', '`', '$$', '/*', '-- '])(
    'is read only at the beginning if it is huge: %s',
    (open) => {
      const huge = shownStatement(`DELETE FROM a ${open}${"b''\\\\".repeat(3_000_000)}`);
      expect(huge).toMatch(/^DELETE FROM a.*…$/);
      expect(namesNoRows(huge)).toBe(false);
    },
  );

  const word = fc.constantFrom('SELECT', 'a', ',', '"b"', '= 1', '\n', '/* c */', '-- d\n', '(');
  const inside = fc.stringMatching(/^[ ;"`#$*/a-z\n-]{0,12}$/).map((text) => `§${text}§`);
  const value = fc.oneof(
    inside.map((text) => `'${text}''§'`),
    inside.map((text) => String.raw`E'${text}\'§\\'`),
    inside.filter((text) => !text.includes('$t$')).map((text) => `$t$${text}'$$'$t$`),
    inside.filter((text) => !text.includes('$$')).map((text) => `$$${text}$$`),
    inside.filter((text) => !/\*\/|\/\*/.test(text)).map((text) => `/* ' ${text} */`),
  );

  test('never shows a character of a value', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(word, value)), (parts) => {
        expect(shownStatement(parts.join(' '))).not.toContain('§');
      }),
      { numRuns: 1000 },
    );
  });
});

test.each([
  'DELETE FROM a',
  'delete from only a returning id',
  'UPDATE a SET where_from = 1',
  'DELETE FROM a WHERE true',
  'DELETE FROM a WHERE 1=1',
])('%s affects every row', (statement) => {
  expect(namesNoRows(statement)).toBe(true);
});

test.each([
  'DELETE FROM a WHERE(id = 1)',
  'DELETE FROM a USING b',
  'DELETE FROM a LIMIT 5',
  'DELETE FROM a WHERE true AND id = 1',
  'DROP TABLE a',
  `${shownStatement(`DELETE FROM ${'a'.repeat(160)} WHERE id = 1`)}`,
])('%s is not known to affect every row', (statement) => {
  expect(namesNoRows(statement)).toBe(false);
});

test('long numbers are hidden as values, short ones are shown', () => {
  expect(shownStatement('DELETE FROM users WHERE phone = 4915112345678 LIMIT 1000')).toBe(
    'DELETE FROM users WHERE phone = … LIMIT 1000',
  );
  expect(shownStatement('DROP TABLE t_202611221, "a123456"')).toBe(
    'DROP TABLE t_202611221, "a123456"',
  );
});
