import type { Tally } from './rate-bounds.ts';

const HIGHEST = 0.999;

/**
 * Tests whether failures are more frequent than a known rate r; used when the stable has no users
 * to compare with at the same time. The logarithm of the likelihood ratio of k times the rate, for
 * n trials with x failures:
 *
 *     x log k + (n-x) log((1-kr)/(1-r))
 *
 * Its expectation before the logarithm is 1 if trials fail at the rate r, and less if they fail
 * less often (A. Wald, Sequential tests of statistical hypotheses, Ann. Math. Statist. 16, 1945).
 */
export function logRateRatio({ trials, failed }: Tally, rate: number, factor: number): number {
  const raised = Math.min(rate * factor, HIGHEST);
  if (raised <= rate) return 0;
  const passed = trials - failed;
  return failed * Math.log(raised / rate) + passed * (Math.log1p(-raised) - Math.log1p(-rate));
}
