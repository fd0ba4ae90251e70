import { expect, test } from 'vitest';
import { tokensOf } from '../../../src/database/mysql-tokens.ts';
import { shownMysqlStatement } from '../../../src/database/statement.ts';

test.each([
  [`UPDATE t SET a = 'it''s', b = "x ""y"" z"`, "UPDATE t SET a = '…', b = '…'"],
  [
    String.raw`UPDATE t SET a = 'a\'b', c = "d\"e" WHERE id = 3;`,
    "UPDATE t SET a = '…', c = '…' WHERE id = 3",
  ],
  ["DELETE FROM `a'b` # secret\n WHERE x = 1", "DELETE FROM `a'b` WHERE x = 1"],
  ['DROP /* secret */ TABLE a -- secret', 'DROP TABLE a'],
  ['SELECT 5--6', 'SELECT 5--6'],
  ["INSERT INTO t VALUES (x'00ff', N'secret', 0xDEADBEEF)", "INSERT INTO t VALUES ('…', '…', '…')"],
  ["SET a = '-- no comment', b = 'secret'", "SET a = '…', b = '…'"],
  ['/*!40000 ALTER TABLE `t` DISABLE KEYS */', 'ALTER TABLE `t` DISABLE KEYS'],
  ["SET PASSWORD = 'secret that was cut o", "SET PASSWORD = '…'"],
  [String.raw`SET a = 'cut\ `.trim(), "SET a = '…'"],
])('%s is shown without its values', (statement, shown) => {
  expect(shownMysqlStatement(statement)).toBe(shown);
});

test('a long statement is cut', () => {
  expect(shownMysqlStatement(`DROP TABLE ${'a, '.repeat(200)}`)).toHaveLength(160);
});

test('names keep what stands in backticks', () => {
  expect(tokensOf('DROP TABLE `a``b`.c').map(({ text }) => text)).toEqual([
    'DROP',
    'TABLE',
    'a`b',
    '.',
    'c',
  ]);
});
