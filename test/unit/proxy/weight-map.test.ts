import fc from 'fast-check';
import { expect, test } from 'vitest';
import { readWeight, setWeight, showWeight, weightFile } from '../../../src/proxy/weight-map.ts';

const weight = fc.integer({ min: 0, max: 10_000 }).map((buckets) => buckets / 100);

test('a weight written to the map file is read back', () => {
  fc.assert(
    fc.property(weight, (each) => {
      expect(readWeight(weightFile(each))).toBe(each);
    }),
  );
});

test('the map file is what HAProxy reads: a key and a number of buckets', () => {
  expect(weightFile(12.5)).toBe('weight 1250\n');
});

test('the answer to `show map` begins with an address', () => {
  expect(readWeight('0x55e0c8f0b2a0 weight 750\n\n')).toBe(7.5);
});

test.each([
  ['no file', ''],
  ['an empty map', '\n'],
  ['another key', 'heaviness 500\n'],
  ['a longer key', 'overweight 500\n'],
  ['a torn number', 'weight \n'],
  ['an error message', 'Unknown map identifier. Please use #<id> or <file>.\n'],
])('%s is weight 0', (_, text) => {
  expect(readWeight(text)).toBe(0);
});

test('the admin socket is told buckets, by one command for a known entry and one for a new one', () => {
  expect(setWeight(0.01)).toEqual({
    change: 'set map /run/canary/weights.map weight 1',
    create: 'add map /run/canary/weights.map weight 1',
  });
  expect(showWeight).toBe('show map /run/canary/weights.map');
});
