import fc from 'fast-check';
import { expect, test } from 'vitest';
import { randomFrom } from '../../../../src/analysis/stats/random.ts';
import { lowerRate, upperRate } from '../../../../src/analysis/stats/rate-bounds.ts';
import { DEFAULT_ANALYSIS } from '../../../../src/config/sections/analysis.ts';

const tally = fc
  .integer({ min: 1, max: 5000 })
  .chain((trials) =>
    fc.record({ trials: fc.constant(trials), failed: fc.integer({ min: 0, max: trials }) }),
  );

test('the observed rate is always possible, and a larger alpha narrows the bounds', () => {
  fc.assert(
    fc.property(tally, (each) => {
      const rate = each.failed / each.trials;
      expect(lowerRate(each, 0.01)).toBeLessThanOrEqual(rate);
      expect(upperRate(each, 0.01)).toBeGreaterThanOrEqual(rate);
      expect(upperRate(each, 0.1)).toBeLessThanOrEqual(upperRate(each, 0.01));
      expect(lowerRate(each, 0.1)).toBeGreaterThanOrEqual(lowerRate(each, 0.01));
    }),
  );
});

test('without observations every rate is possible', () => {
  expect([
    lowerRate({ trials: 0, failed: 0 }, 0.01),
    upperRate({ trials: 0, failed: 0 }, 0.01),
  ]).toEqual([0, 1]);
});

test('the true rate stays inside at every look, except in alpha of all runs', () => {
  const random = randomFrom(1);
  let missed = 0;
  for (let run = 0; run < 200; run += 1) {
    const seen = { trials: 0, failed: 0 };
    let isOut = false;
    for (let look = 0; look < 60; look += 1) {
      for (let trial = 0; trial < 25; trial += 1) {
        seen.trials += 1;
        if (random() < 0.03) seen.failed += 1;
      }
      isOut ||= upperRate(seen, 0.1) < 0.03 || lowerRate(seen, 0.1) > 0.03;
    }
    if (isOut) missed += 1;
  }
  // Each bound may miss in a tenth of the runs.
  expect(missed).toBeLessThan(40);
});

test.each([
  [25, 320],
  [50, 660],
  [100, 1400],
])(
  'to continue to %d %% takes %d requests without a failure, with the default margin',
  (weight, requests) => {
    const { alpha, margin } = DEFAULT_ANALYSIS;
    const excess = (trials: number) =>
      upperRate({ trials, failed: 0 }, alpha / 2) -
      lowerRate({ trials: 19 * trials, failed: 0 }, alpha / 2);
    expect(excess(requests) * weight).toBeLessThanOrEqual(margin);
    expect(excess(requests - 20) * weight).toBeGreaterThan(margin);
  },
);
