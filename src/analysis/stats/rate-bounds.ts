/** A prior with little weight that favours low rates: half a failure in about 50 trials. */
const PRIOR = { failed: 0.5, passed: 50 };
const STEPS = 60;

/** Trials so far and how many of them failed. */
export interface Tally {
  trials: number;
  failed: number;
}

/**
 * The highest failure rate that a tally leaves possible; valid at every look, with an error
 * probability of at most `alpha`.
 */
export function upperRate(tally: Tally, alpha: number): number {
  return edge(tally, alpha, 1);
}

/** The lowest failure rate that a tally leaves possible; valid as above. */
export function lowerRate(tally: Tally, alpha: number): number {
  return edge(tally, alpha, 0);
}

/**
 * The rates that are not ruled out form an interval: those at which the beta-binomial mixture, a
 * martingale under the true rate, is below 1/alpha (H. Robbins, Statistical methods related to the
 * law of the iterated logarithm, 1970). Bisects for the edge of the interval between the observed
 * rate, which is always inside, and 0 or 1.
 */
function edge(tally: Tally, alpha: number, outermost: 0 | 1): number {
  const { trials, failed } = tally;
  if (trials === 0) return outermost;
  let inside = failed / trials;
  let outside: number = outermost;
  // A rate with a lower likelihood is ruled out.
  const least =
    logBeta(PRIOR.failed + failed, PRIOR.passed + trials - failed) -
    logBeta(PRIOR.failed, PRIOR.passed) +
    Math.log(alpha);
  const isPossible = (rate: number) =>
    times(failed, Math.log(rate)) + times(trials - failed, Math.log1p(-rate)) > least;
  if (isPossible(outside)) return outside;
  for (let step = 0; step < STEPS; step += 1) {
    const middle = (inside + outside) / 2;
    if (isPossible(middle)) inside = middle;
    else outside = middle;
  }
  return outside;
}

/** A count of 0 contributes nothing, even at a rate of 0 or 1. */
function times(count: number, logarithm: number): number {
  return count === 0 ? 0 : count * logarithm;
}

function logBeta(left: number, right: number): number {
  return logGamma(left) + logGamma(right) - logGamma(left + right);
}

/** Stirling's series after shifting the argument above 10 (Abramowitz and Stegun, 6.1.41); good to 1e-10. */
function logGamma(argument: number): number {
  let product = 1;
  let x = argument;
  for (; x < 10; x += 1) product *= x;
  const inverse = 1 / x;
  const series = inverse / 12 - inverse ** 3 / 360 + inverse ** 5 / 1260 - inverse ** 7 / 1680;
  return (x - 0.5) * Math.log(x) - x + Math.log(2 * Math.PI) / 2 + series - Math.log(product);
}
