import { expect, test } from 'vitest';
import { didYouMean, nearestNames } from '../../src/nearest.ts';

test.each([
  ['stauts', ['status', 'history'], ['status']],
  ['WEB', ['web', 'db'], ['web']],
  ['wbe', ['web', 'abc'], ['web']],
  ['web', ['web'], []],
  ['a', ['b', 'c'], []],
  ['discount', ['discounts', 'discount2', 'accounts'], ['discount2', 'discounts']],
  ['x'.repeat(101), ['x'.repeat(100)], []],
  ['', ['web'], []],
])('near %j of %j is %j', (name, known, near) => {
  expect(nearestNames(name, known)).toEqual(near);
});

test('a question names at most three', () => {
  expect(didYouMean('wob', ['web', 'wab', 'wib', 'wub', 'other'])).toBe(
    ' Did you mean `wab`, `web` or `wib`?',
  );
  expect(didYouMean('stauts', ['status'])).toBe(' Did you mean `status`?');
  expect(didYouMean('bogus', ['status'])).toBe('');
});
