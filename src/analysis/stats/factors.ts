/**
 * How much worse the canary may be, as factors: a test asks about all of these at once. A finer grid is not needed:
 * the evidence for a factor between two of them is nearly that for its neighbours.
 */
export const FACTORS = [1.5, 2, 3, 5, 8, 13, 22, 36, 60, 100, 200] as const;

/** The logarithm of the mean of numbers given by their logarithms; does not overflow. */
export function logMean(logarithms: readonly number[]): number {
  const largest = Math.max(...logarithms);
  const sum = logarithms.reduce((total, each) => total + Math.exp(each - largest), 0);
  return largest + Math.log(sum / logarithms.length);
}
