import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  BUCKETS,
  formatWeight,
  fromBuckets,
  parseWeight,
  toBuckets,
} from '../../../src/proxy/weight.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const buckets = fc.integer({ min: 0, max: BUCKETS });
/** A weight as a person writes it. */
const written = (count: number) => (count / 100).toFixed(2);

describe('a weight', () => {
  test.each([
    ['0', 0],
    ['0.00', 0],
    ['0.01', 1],
    ['0.29', 29],
    ['5', 500],
    ['5%', 500],
    ['33.33', 3333],
    ['99.99', 9999],
    ['100', 10_000],
    ['100.00%', 10_000],
  ])('%s covers %i buckets', (text, count) => {
    expect(toBuckets(parseWeight(text))).toBe(count);
  });

  test.each([
    '',
    '%',
    '-1',
    '+1',
    '100.01',
    '101',
    '0.001',
    '1e1',
    '0x5',
    '5 %',
    'five',
    '5,5',
    '.5',
    '٥',
    '5\n',
    'NaN',
    'Infinity',
  ])('%j is rejected', async (text) => {
    expect(await refusal(() => parseWeight(text))).toMatchObject({
      code: 'usage',
      message: `\`${text}\` is not a weight.`,
      hint: 'A weight is a share of users in percent, from 0 to 100 in steps of 0.01.',
    });
  });

  test('in steps of 0.01 is kept exactly', () => {
    fc.assert(
      fc.property(buckets, (count) => {
        const weight = parseWeight(written(count));
        expect(toBuckets(weight)).toBe(count);
        // The weight that the proxy reports is compared with the requested one.
        expect(fromBuckets(toBuckets(weight))).toBe(weight);
      }),
    );
  });
});

test('raising the weight only adds users, lowering it only removes them (promise 6)', () => {
  const onCanary = (bucket: number, weight: number) => bucket < toBuckets(weight);
  fc.assert(
    fc.property(buckets, buckets, fc.nat(BUCKETS - 1), (first, second, bucket) => {
      const low = parseWeight(written(Math.min(first, second)));
      const high = parseWeight(written(Math.max(first, second)));
      if (onCanary(bucket, low)) expect(onCanary(bucket, high)).toBe(true);
    }),
  );
});

test('weight 0 is no user and weight 100 is every user', () => {
  expect(toBuckets(0)).toBe(0);
  expect(toBuckets(100)).toBe(BUCKETS);
});

test('weights are printed with no more digits than needed', () => {
  expect([0, 5, 0.5, 33.33, 100].map(formatWeight)).toEqual([
    '0 %',
    '5 %',
    '0.5 %',
    '33.33 %',
    '100 %',
  ]);
});
