/** Both sides in the same moment. */
export interface Look {
  /** How many users could fail on each side, and how many of them did. */
  canary: { atRisk: number; failed: number };
  stable: { atRisk: number; failed: number };
}

/**
 * Tests whether more failures come from the canary than its share of users explains. If both sides
 * fail equally often, a failure is the canary's with probability p = c/(c+s); if the canary fails k
 * times as often, with probability kp/(kp+1-p). The logarithm of the likelihood ratio of a look
 * with f failures, x of them on the canary:
 *
 *     x log k - f log(1 + (k-1)p)
 *
 * Given f, its expectation before the logarithm is 1 for draws with replacement; several users in
 * one look are drawn without replacement, which only lowers it (W. Hoeffding, Probability
 * inequalities for sums of bounded random variables, J. Amer. Statist. Assoc. 58, 1963, theorem 4).
 * A p larger than the true one lowers it too. Conditioning on the failures of both sides removes
 * the effect of traffic and of common outages, as in Lindon & Malek 2022.
 */
export function logShareRatio({ canary, stable }: Look, share: number, factor: number): number {
  const failed = canary.failed + stable.failed;
  return canary.failed * Math.log(factor) - failed * Math.log1p((factor - 1) * share);
}

/**
 * The probability that a failure is the canary's if it fails t times as often, which is still not
 * worse: tp/(tp+1-p). p is its share of those at risk, or `leastShare` if that is larger.
 */
export function toleratedShare({ canary, stable }: Look, leastShare: number, t: number): number {
  const share = Math.max(canary.atRisk / (canary.atRisk + stable.atRisk), leastShare);
  return (t * share) / (t * share + 1 - share);
}
