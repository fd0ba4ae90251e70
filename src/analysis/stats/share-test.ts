import { FACTORS, logMean } from './factors.ts';

/** One look at both sides over the same moment. */
export interface Look {
  /** Who could fail on either side, and how many of them did. */
  canary: { atRisk: number; failed: number };
  stable: { atRisk: number; failed: number };
}

/**
 * Whether failures come from the canary more often than its share of users explains, as a test that may be looked at
 * at every moment. In each look a failure is the canary's with the chance c/(c+s) if both sides fail alike, and with
 * kc/(kc+s) if the canary fails k times as often. The evidence is the likelihood ratio, a mean over several k: under
 * no difference its expectation never grows, so it reaches 1/alpha with a chance of at most alpha, however often one
 * looks (Ville's inequality; J. Ville, Étude critique de la notion de collectif, 1939). Failures of several users in
 * one look are drawn without replacement, which only lowers the expectation (W. Hoeffding, Probability inequalities for
 * sums of bounded random variables, 1963, theorem 4).
 * With a tolerance t the question is whether it fails more than t times as often: the ratio is then that of k·t to t, whose
 * expectation stays at most 1 for every lower factor too, as it grows with the chance of a failure.
 */
export class ShareTest {
  /** Logarithms of the likelihood ratios, one a factor. */
  private readonly logRatios = FACTORS.map(() => 0);
  private readonly tolerance: number;

  /** `tolerance`: how many times as often is still no worse. */
  constructor(tolerance = 1) {
    this.tolerance = tolerance;
  }

  observe({ canary, stable }: Look): void {
    const failed = canary.failed + stable.failed;
    // Without both sides there is nothing to compare.
    if (failed === 0 || canary.atRisk === 0 || stable.atRisk === 0) return;
    const tolerated = this.tolerance * canary.atRisk;
    for (const [index, factor] of FACTORS.entries()) {
      const change =
        canary.failed * Math.log(factor) +
        failed * Math.log((tolerated + stable.atRisk) / (factor * tolerated + stable.atRisk));
      this.logRatios[index] = (this.logRatios[index] ?? 0) + change;
    }
  }

  /** How many times more likely what was seen is with a worse canary than without, as a natural logarithm. */
  logEvidence(): number {
    return logMean(this.logRatios);
  }
}
