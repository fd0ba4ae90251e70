/**
 * How much worse the canary may be. All factors are tested at once; a value between two of them is
 * found by its neighbours.
 */
const FACTORS = [1.5, 2, 3, 5, 8, 13, 22, 36, 60, 100, 200] as const;
/** The weight of the hypothesis that the canary is worse from the beginning. */
const AT_ONCE = 0.6;

/**
 * Evidence that grows while failures support it, and may be checked after every look. Each look
 * gives, for each factor k, a likelihood ratio with an expectation of at most 1 while the canary is
 * no worse. The evidence is a weighted mean of the products of these ratios, over all k and over
 * all looks n since which the canary may have been worse (with the weight w(n)):
 *
 *     E = sum over n of w(n) · mean over k of L(n, k) · L(n+1, k) ⋯   +   the weight of what has not begun
 *
 * As a mean of nonnegative supermartingales that begin at 1, it is one too: the probability that it
 * ever reaches 1/alpha is at most alpha (J. Ville, Étude critique de la notion de collectif, 1939).
 * Mixing over alternatives: H. Robbins, Statistical methods related to the law of the iterated
 * logarithm, Ann. Math. Statist. 41, 1970; always-valid tests with it: S. Howard, A. Ramdas, J.
 * McAuliffe, J. Sekhon, Time-uniform, nonparametric, nonasymptotic confidence sequences, Ann.
 * Statist. 49, 2021; for canaries: M. Lindon, A. Malek, Anytime-valid inference for multinomial
 * count data, NeurIPS 2022. Without the mean over n, a canary that was good for an hour would have
 * to use up an hour's credit before it could fail.
 */
export class Mixture {
  /** Logarithms of the parts that have begun, one per factor. */
  private readonly logParts = FACTORS.map(() => Number.NEGATIVE_INFINITY);
  private looks = 0;
  private evidence = 0;

  /** Adds a look: `logRatio` is the logarithm of the likelihood ratio for a factor. */
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

  /**
   * How many times more likely the observations are if the canary is worse than if not, as a
   * natural logarithm.
   */
  logEvidence(): number {
    return this.evidence;
  }
}

/**
 * The weight left for later looks after this many; falls slowly, so that late failures are also
 * found.
 */
function weightLeft(looks: number): number {
  return looks === 0 ? 1 : (1 - AT_ONCE) / (1 + Math.log(looks));
}

/** The logarithm of a sum of numbers that are given as logarithms; does not overflow. */
function logSum(logarithms: readonly number[]): number {
  const largest = Math.max(...logarithms);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  return largest + Math.log(logarithms.reduce((sum, each) => sum + Math.exp(each - largest), 0));
}
