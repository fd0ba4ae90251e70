/**
 * Quantiles of a stream in logarithmic bins, each 2% wide. Memory does not grow with the number of
 * values, and a quantile is off by at most 2% (as in DDSketch: Masson, Rim, Lee, PVLDB 12, 2019).
 * For values above 0.
 */
export class Quantiles {
  private readonly bins = new Map<number, number>();
  private total = 0;

  add(value: number): void {
    const bin = Math.ceil(Math.log(Math.max(value, SMALLEST)) / WIDTH);
    this.bins.set(bin, (this.bins.get(bin) ?? 0) + 1);
    this.total += 1;
  }

  /** Adds all values that another one has seen. */
  addAll(other: Quantiles): void {
    for (const [bin, count] of other.bins) this.bins.set(bin, (this.bins.get(bin) ?? 0) + count);
    this.total += other.total;
  }

  get count(): number {
    return this.total;
  }

  /**
   * The value that the given share (0 to 1) of all values is at or below; `undefined` without
   * values.
   */
  at(share: number): number | undefined {
    let rest = Math.max(1, Math.ceil(share * this.total));
    for (const [bin, count] of [...this.bins].sort(([left], [right]) => left - right)) {
      rest -= count;
      if (rest <= 0) return Math.exp(bin * WIDTH);
    }
    return undefined;
  }
}

const WIDTH = Math.log(1.02);
const SMALLEST = 1e-3;
