import { expect, test } from 'vitest';
import { clause, ended } from '../../src/sentences.ts';

test.each([
  ['Not asked: connection refused', 'Not asked: connection refused.'],
  ['Not asked: connection refused.', 'Not asked: connection refused.'],
  ['Is it there?', 'Is it there?'],
  ['cut off…', 'cut off…'],
])('%j has one mark at its end', (text, sentence) => {
  expect(ended(text)).toBe(sentence);
});

test('a clause goes on without its dot', () => {
  expect(clause('The port is taken.')).toBe('The port is taken');
  expect(clause('the port is taken')).toBe('the port is taken');
});
