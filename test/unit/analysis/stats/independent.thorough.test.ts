import fc from 'fast-check';
import { jStat } from 'jstat';
import { describe, expect, test } from 'vitest';
import { Mixture } from '../../../../src/analysis/stats/mixture.ts';
import { Quantiles } from '../../../../src/analysis/stats/quantile.ts';
import { lowerRate, upperRate } from '../../../../src/analysis/stats/rate-bounds.ts';
import { logRateRatio } from '../../../../src/analysis/stats/rate-test.ts';
import { logShareRatio, toleratedShare } from '../../../../src/analysis/stats/share-test.ts';

const FACTORS = [1.5, 3, 22, 200];
const crowd = fc.record({
  canary: fc.integer({ min: 1, max: 60 }),
  stable: fc.integer({ min: 1, max: 400 }),
  failed: fc.integer({ min: 1, max: 12 }),
  factor: fc.constantFrom(...FACTORS),
});

/** All numbers from 0 to the given one. */
const upTo = (most: number) => Array.from({ length: most + 1 }, (_, each) => each);
const sum = (values: readonly number[]) => values.reduce((total, each) => total + each, 0);

function shareRatio(
  { canary, stable, failed, factor }: Record<'canary' | 'stable' | 'failed' | 'factor', number>,
  onCanary: number,
  leastShare = 0,
): number {
  const look = {
    canary: { atRisk: canary, failed: onCanary },
    stable: { atRisk: stable, failed: failed - onCanary },
  };
  return Math.exp(logShareRatio(look, toleratedShare(look, leastShare, 1), factor));
}

describe('the likelihood ratio of one look, if the canary is no worse', () => {
  test('has a mean of 1 if failures hit users by their share', () => {
    fc.assert(
      fc.property(crowd, (each) => {
        const share = each.canary / (each.canary + each.stable);
        const mean = sum(
          upTo(each.failed).map(
            (onCanary) =>
              jStat.binomial.pdf(onCanary, each.failed, share) * shareRatio(each, onCanary),
          ),
        );
        expect(mean).toBeCloseTo(1, 9);
      }),
    );
  });

  test('has a mean of at most 1 if every user fails once, or if a larger share is assumed', () => {
    fc.assert(
      fc.property(crowd, fc.double({ min: 0, max: 1, noNaN: true }), (each, leastShare) => {
        const all = each.canary + each.stable;
        fc.pre(each.failed <= all);
        const mean = sum(
          upTo(Math.min(each.failed, each.canary)).map((onCanary) => {
            if (each.failed - onCanary > each.stable) return 0;
            const chance = jStat.hypgeom.pdf(onCanary, all, each.canary, each.failed);
            return chance * shareRatio(each, onCanary, leastShare);
          }),
        );
        expect(mean).toBeLessThanOrEqual(1 + 1e-9);
      }),
    );
  });

  test.each([0.0005, 0.01, 0.2, 0.7])('has a mean of 1 against a known rate of %d', (rate) => {
    for (const factor of FACTORS)
      for (const trials of [1, 7, 40]) {
        const means = upTo(trials).map(
          (failed) =>
            jStat.binomial.pdf(failed, trials, rate) *
            Math.exp(logRateRatio({ trials, failed }, rate, factor)),
        );
        expect(sum(means)).toBeCloseTo(1, 9);
      }
  });
});

describe('the evidence over several looks', () => {
  /** Every sequence of failures, one a look; each with its chance and its evidence after every look. */
  function* histories(shares: readonly number[]): Generator<{ chance: number; logs: number[] }> {
    for (let way = 0; way < 2 ** shares.length; way += 1) {
      const mixture = new Mixture();
      let chance = 1;
      const logs = shares.map((share, look) => {
        const isCanary = ((way >> look) & 1) === 1;
        chance *= isCanary ? share : 1 - share;
        mixture.add((k) => (isCanary ? Math.log(k) : 0) - Math.log1p((k - 1) * share));
        return mixture.logEvidence();
      });
      yield { chance, logs };
    }
  }

  const SHARES = [
    ['a steady share', upTo(11).map(() => 0.3)],
    ['a share that changes', upTo(11).map((look) => (look % 4 === 0 ? 0.02 : 0.1 + look / 20))],
  ] as const;

  test.each(SHARES)('has a mean of 1 after any number of looks, with %s', (_, shares) => {
    const means = shares.map(() => 0);
    for (const { chance, logs } of histories(shares))
      for (const [look, log] of logs.entries())
        means[look] = (means[look] ?? 0) + chance * Math.exp(log);
    for (const mean of means) expect(mean).toBeCloseTo(1, 9);
  });

  test.each(SHARES)('ever reaches 1/alpha with a chance of at most alpha, with %s', (_, shares) => {
    for (const alpha of [0.5, 0.2, 0.05, 0.01]) {
      const reached = [...histories(shares)].filter(
        ({ logs }) => Math.max(...logs) >= -Math.log(alpha),
      );
      expect(sum(reached.map(({ chance }) => chance))).toBeLessThanOrEqual(alpha);
    }
  });
});

describe('the bounds of a rate', () => {
  const tallies = [0, 1, 3, 40].flatMap((failed) =>
    [40, 300, 20_000].map((trials) => ({ trials, failed })),
  );

  test.each(tallies)('are where the mixture reaches 1/alpha: %o', (tally) => {
    const { trials, failed } = tally;
    const logMixture = (rate: number) =>
      jStat.betaln(0.5 + failed, 50 + trials - failed) -
      jStat.betaln(0.5, 50) -
      (failed > 0 ? failed * Math.log(rate) : 0) -
      (failed < trials ? (trials - failed) * Math.log1p(-rate) : 0);
    for (const edge of [lowerRate(tally, 0.01), upperRate(tally, 0.01)])
      if (edge > 0 && edge < 1) expect(logMixture(edge)).toBeCloseTo(Math.log(100), 5);
  });

  test('exclude the true rate in at most alpha of all cases', () => {
    for (const rate of [0.001, 0.02, 0.3])
      for (const alpha of [0.2, 0.01]) {
        const outside = upTo(400).filter((failed) => {
          const tally = { trials: 400, failed };
          return lowerRate(tally, alpha) > rate || upperRate(tally, alpha) < rate;
        });
        const chance = sum(outside.map((failed) => jStat.binomial.pdf(failed, 400, rate)));
        expect(chance).toBeLessThanOrEqual(alpha);
      }
  });
});

test('a quantile of many values is that of their distribution, up to the width of a bin', () => {
  const quantiles = new Quantiles();
  for (const each of upTo(9999)) quantiles.add(jStat.lognormal.inv((each + 0.5) / 10_000, 4, 0.5));
  for (const share of [0.01, 0.5, 0.9, 0.99]) {
    const ratio = (quantiles.at(share) ?? 0) / jStat.lognormal.inv(share, 4, 0.5);
    expect(ratio).toBeGreaterThan(0.99);
    expect(ratio).toBeLessThan(1.021);
  }
});
