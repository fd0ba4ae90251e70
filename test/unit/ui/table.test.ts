import { expect, test } from 'vitest';
import { alignColumns } from '../../../src/ui/table.ts';

test('columns are as wide as their widest cell, and the last is not padded', () => {
  expect(alignColumns([['a', 'bb', 'c'], ['aaa', 'b', ''], ['']], '> ')).toBe(
    '> a    bb  c\n> aaa  b\n>',
  );
});

test('a coloured cell is as wide as its visible text', () => {
  const red = '\u001b[31mab\u001b[39m';
  expect(
    alignColumns([
      [red, 'x'],
      ['abc', 'x'],
    ]),
  ).toBe(`${red}   x\nabc  x`);
});

test('without rows there is no text', () => {
  expect(alignColumns([])).toBe('');
});
