import { FACTORS, logMean } from './factors.ts';

const HIGHEST = 0.999;

/**
 * Whether failures come more often than a known rate, for when there is nobody to compare with at the same time. The
 * mean likelihood ratio of k times the rate against the rate itself; valid at every look as long as the true rate is
 * not above the given one (Ville's inequality).
 */
export class RateTest {
  private readonly logRatios = FACTORS.map(() => 0);

  observe(look: { atRisk: number; failed: number }, rate: number): void {
    const passed = look.atRisk - look.failed;
    for (const [index, factor] of FACTORS.entries()) {
      const raised = Math.min(rate * factor, HIGHEST);
      if (raised <= rate) continue;
      const change =
        look.failed * Math.log(raised / rate) + passed * (Math.log1p(-raised) - Math.log1p(-rate));
      this.logRatios[index] = (this.logRatios[index] ?? 0) + change;
    }
  }

  logEvidence(): number {
    return logMean(this.logRatios);
  }
}
