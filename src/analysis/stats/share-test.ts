/** One look at both sides over the same moment. */
export interface Look {
  /** Who could fail on either side, and how many of them did. */
  canary: { atRisk: number; failed: number };
  stable: { atRisk: number; failed: number };
}

/**
 * Whether failures come from the canary more often than its share of users explains. If both sides fail alike, a
 * failure is the canary's with the chance p = c/(c+s); if the canary fails k times as often, with kp/(kp+1-p). The
 * logarithm of the likelihood ratio of a look with f failures, x of them on the canary:
 *
 *     x log k - f log(1 + (k-1)p)
 *
 * Conditional on f its expectation before the logarithm is 1 for draws with replacement; several users in one look are
 * drawn without, which only lowers it (W. Hoeffding, Probability inequalities for sums of bounded random variables,
 * J. Amer. Statist. Assoc. 58, 1963, theorem 4). So does a larger p than the true one. Conditioning on the failures of
 * both sides is what makes traffic and common outages drop out, as in Lindon & Malek 2022.
 */
export function logShareRatio({ canary, stable }: Look, share: number, factor: number): number {
  const failed = canary.failed + stable.failed;
  return canary.failed * Math.log(factor) - failed * Math.log1p((factor - 1) * share);
}

/**
 * The chance that a failure is the canary's if it fails t times as often, which is still no worse: tp/(tp+1-p), with its
 * share p of those at risk, or a larger one that is known.
 */
export function toleratedShare({ canary, stable }: Look, leastShare: number, t: number): number {
  const share = Math.max(canary.atRisk / (canary.atRisk + stable.atRisk), leastShare);
  return (t * share) / (t * share + 1 - share);
}
