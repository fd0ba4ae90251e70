import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ALL,
  byWeight,
  hasExpired,
  OFF,
  readSplit,
  setSplit,
  showSplit,
  splitFile,
} from '../../../src/proxy/weight-map.ts';

const weight = fc.integer({ min: 0, max: 10_000 }).map((buckets) => buckets / 100);
const split = fc.oneof(fc.constantFrom(OFF, ALL), weight.map(byWeight));

test('a split written to the map file is read back', () => {
  fc.assert(
    fc.property(split, (each) => {
      expect(readSplit(splitFile(each))).toEqual(each);
    }),
  );
});

test.each([
  ['a weight is a number of buckets', byWeight(12.5), 1250],
  ['weight 0 leaves those on the canary whom rules send there', byWeight(0), 0],
  ['weight 100 leaves those on the stable whom rules send there', byWeight(100), 10_000],
  ['nobody on the canary is less than any bucket', OFF, -1],
  ['everybody on the canary is more than any bucket', ALL, 10_001],
])('%s', (_, each, value) => {
  expect(splitFile(each)).toBe(`weight ${value}\nuntil 0\n`);
});

test('the answer to `show map` begins with an address', () => {
  expect(readSplit('0x55e0c8f0b2a0 weight 750\n\n')).toEqual(byWeight(7.5));
  expect(readSplit('0x55e0c8f0b2a0 weight -1\n\n')).toEqual(OFF);
});

test.each([
  ['no file', ''],
  ['an empty map', '\n'],
  ['another key', 'heaviness 500\n'],
  ['a longer key', 'overweight 500\n'],
  ['a torn number', 'weight \n'],
  ['an error message', 'Unknown map identifier. Please use #<id> or <file>.\n'],
])('%s means no user on the canary', (_, text) => {
  expect(readSplit(text)).toEqual(OFF);
});

test('the admin socket gets buckets, with one command for a known entry and one for a new one', () => {
  expect(setSplit(byWeight(0.01))).toEqual({
    change: 'set map /run/canary/weights.map weight 1',
    create: 'add map /run/canary/weights.map weight 1',
  });
  expect(showSplit).toBe('show map /run/canary/weights.map');
});

test('a split with an expiry is over from that second on', () => {
  const text = splitFile(byWeight(5), 1_800_000_000);
  expect(readSplit(text)).toEqual(byWeight(5));
  expect(hasExpired(text, new Date(1_799_999_999_999))).toBe(false);
  expect(hasExpired(text, new Date(1_800_000_000_000))).toBe(true);
  expect(hasExpired(splitFile(byWeight(5)), new Date('2999-01-01'))).toBe(false);
});
