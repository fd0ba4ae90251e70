import { expect, test } from 'vitest';
import { tokensOf } from '../../../../src/rehearsal/mysql/cursor.ts';

function texts(statement: string): string[] {
  return tokensOf(statement).map(({ text }) => text);
}

test('quotes, comments and names do not open one another', () => {
  expect(texts("DROP TABLE `a``b`.c # it's")).toEqual(['DROP', 'TABLE', 'a`b', '.', 'c']);
  expect(texts("SET a = '-- no comment', b = \"it's\"")).toEqual([
    'SET',
    'a',
    '=',
    '-- no comment',
    ',',
    'b',
    '=',
    "it's",
  ]);
  expect(texts(String.raw`SET a = 'a\'b' -- 'c`)).toEqual(['SET', 'a', '=', String.raw`a\'b`]);
  expect(texts('SELECT 5--6')).toEqual(['SELECT', '5', '-', '-', '6']);
});

test('the text of an executable comment is read', () => {
  expect(texts('/*!40000 DROP TABLE a */ /* b */')).toEqual(['DROP', 'TABLE', 'a']);
  expect(texts('DROP /*M!100100 IF EXISTS */ TABLE a')).toEqual([
    'DROP',
    'IF',
    'EXISTS',
    'TABLE',
    'a',
  ]);
});

test('a statement may be cut off anywhere', () => {
  expect(texts("DELETE FROM a WHERE b = 'secret")).toHaveLength(7);
  expect(texts('DROP TABLE `a')).toEqual(['DROP', 'TABLE', 'a']);
  expect(texts('DROP TABLE a /* b')).toEqual(['DROP', 'TABLE', 'a']);
});
