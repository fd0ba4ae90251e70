import { expect, test } from 'vitest';
import { conditions } from '../../../src/config/values/condition.ts';

test.each([
  ['< 0.01', [{ operator: '<', number: 0.01 }]],
  ['<=0', [{ operator: '<=', number: 0 }]],
  ['== -1e-3', [{ operator: '==', number: -0.001 }]],
  [
    ['>= 0.9', '!= 1'],
    [
      { operator: '>=', number: 0.9 },
      { operator: '!=', number: 1 },
    ],
  ],
])('%j', (text, expected) => {
  expect(conditions.parse(text)).toEqual(expected);
});

test.each([
  '0.01',
  '< ',
  '< 1 %',
  '< 1 and > 0',
  '=> 1',
  '< NaN',
  '< Infinity',
  '< 0x10',
  '< 1e999',
  [],
  5,
  null,
])('%j is rejected', (text) => {
  expect(conditions.safeParse(text).success).toBe(false);
});
