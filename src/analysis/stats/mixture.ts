/** How much worse the canary may be: all of these are asked about at once; what lies between finds its neighbours. */
const FACTORS = [1.5, 2, 3, 5, 8, 13, 22, 36, 60, 100, 200] as const;
/** The part of the evidence that takes the canary to be worse from the beginning. */
const AT_ONCE = 0.6;

/**
 * Evidence that grows while failures say so, and may be looked at after every one of them. Each look brings, for each
 * factor k, a likelihood ratio whose expectation is at most 1 while the canary is no worse. The evidence is a weighted
 * mean, over all k and over all looks from which on the canary may have been worse (n, with the weight w(n)), of the
 * products of the ratios since:
 *
 *     E = sum over n of w(n) · mean over k of L(n, k) · L(n+1, k) ⋯   +   the weight of what has not begun
 *
 * As a mean of nonnegative supermartingales that begin at 1 it is one too, so it ever reaches 1/alpha with a chance of
 * at most alpha (J. Ville, Étude critique de la notion de collectif, 1939). Mixing over alternatives: H. Robbins,
 * Statistical methods related to the law of the iterated logarithm, Ann. Math. Statist. 41, 1970; always-valid tests by
 * it: S. Howard, A. Ramdas, J. McAuliffe, J. Sekhon, Time-uniform, nonparametric, nonasymptotic confidence sequences,
 * Ann. Statist. 49, 2021; for canaries: M. Lindon, A. Malek, Anytime-valid inference for multinomial count data,
 * NeurIPS 2022. Without the mean over n, a canary that was good for an hour would have an hour's credit to lose first.
 */
export class Mixture {
  /** Logarithms of the parts that have begun, one a factor. */
  private readonly logParts = FACTORS.map(() => Number.NEGATIVE_INFINITY);
  private looks = 0;
  private evidence = 0;

  /** Takes a look, by the logarithm of the likelihood ratio of a factor. */
  add(logRatio: (factor: number) => number): void {
    const begins = Math.log(weightLeft(this.looks) - weightLeft(this.looks + 1));
    this.looks += 1;
    for (const [index, factor] of FACTORS.entries()) {
      const sum = logSum([this.logParts[index] ?? Number.NEGATIVE_INFINITY, begins]);
      this.logParts[index] = sum + logRatio(factor);
    }
    const begun = logSum(this.logParts) - Math.log(FACTORS.length);
    this.evidence = logSum([begun, Math.log(weightLeft(this.looks))]);
  }

  /** How many times more likely what was seen is with a worse canary than without, as a natural logarithm. */
  logEvidence(): number {
    return this.evidence;
  }
}

/** What is left for later looks after so many; falls slowly, so that late failures are found as well. */
function weightLeft(looks: number): number {
  return looks === 0 ? 1 : (1 - AT_ONCE) / (1 + Math.log(looks));
}

/** The logarithm of a sum of numbers given by their logarithms; does not overflow. */
function logSum(logarithms: readonly number[]): number {
  const largest = Math.max(...logarithms);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  return largest + Math.log(logarithms.reduce((sum, each) => sum + Math.exp(each - largest), 0));
}
