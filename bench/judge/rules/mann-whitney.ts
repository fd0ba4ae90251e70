/** The 99 % quantile of the normal distribution, for an interval of confidence 0.98. */
const Z = 2.326347874;

export interface Shift {
  /** The Hodges-Lehmann estimate: the median of all differences. */
  estimate: number;
  lower: number;
}

/**
 * By how much values of the experiment lie above those of the control, with the lower end of the interval of confidence
 * 0.98 that belongs to the Mann-Whitney U test: an ordered difference whose place the normal approximation gives
 * (M. Hollander, D. Wolfe, Nonparametric Statistical Methods, section 4.3).
 */
export function shift(experiment: readonly number[], control: readonly number[]): Shift {
  const differences = Float64Array.from(
    experiment.flatMap((value) => control.map((other) => value - other)),
  ).sort();
  const [n, m] = [experiment.length, control.length];
  const place = (n * m) / 2 - Z * Math.sqrt((n * m * (n + m + 1)) / 12);
  const at = (index: number) => differences[index] ?? Number.NaN;
  const half = differences.length >> 1;
  const estimate = differences.length % 2 === 1 ? at(half) : (at(half - 1) + at(half)) / 2;
  return { estimate, lower: at(Math.max(0, Math.round(place) - 1)) };
}
