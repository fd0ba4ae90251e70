import { expect, test } from 'vitest';
import { wrapped } from '../../../src/ui/width.ts';

test('a line is broken between words and keeps its indent', () => {
  expect(wrapped('  one two three four', 10)).toEqual(['  one two', '  three', '  four']);
  expect(wrapped('short', 10)).toEqual(['short']);
  expect(wrapped('', 10)).toEqual(['']);
});

test('a long word stays whole, and colours take no place', () => {
  expect(wrapped('see http://localhost:18088/ now', 10)).toEqual([
    'see',
    'http://localhost:18088/',
    'now',
  ]);
  expect(wrapped('\u001b[31mred\u001b[39m word', 8)).toEqual(['\u001b[31mred\u001b[39m word']);
});
