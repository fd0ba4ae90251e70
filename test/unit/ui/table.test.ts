import { expect, test } from 'vitest';
import { alignColumns } from '../../../src/ui/table.ts';

test('columns are as wide as their widest cell, the last is not padded', () => {
  expect(alignColumns([['a', 'bb', 'c'], ['aaa', 'b', ''], ['']], '> ')).toBe(
    '> a    bb  c\n> aaa  b\n>',
  );
});

test('no rows are no text', () => {
  expect(alignColumns([])).toBe('');
});
