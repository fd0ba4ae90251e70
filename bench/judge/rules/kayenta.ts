import { MINUTE_MS, type Minute } from '../windows.ts';
import { shift } from './mann-whitney.ts';
import type { Rule } from './rule.ts';

/** The least difference that counts, as a fraction of the estimate, as in NetflixACAJudge.scala. */
const TOLERANCE = 0.25;
const LEAST_POINTS = 50;
const LIFETIME_MINUTES = 180;

/**
 * Kayenta: every hour of a lifetime of three (as its documentation advises for a start) all points so far are
 * compared, one a minute, at least 50. A metric is `High` when the lower end of the Mann-Whitney interval (confidence
 * 0.98) is above 0.25 of the absolute Hodges-Lehmann estimate; the score is 0 when a critical metric is `High`, and
 * below the marginal score of 50 the canary is stopped. It judges the error rate and the p99 of durations, both
 * critical, which is in its favour. So is the stable as baseline: its points are more exact than those of a fresh
 * instance of the canary's size.
 * kayenta-judge/…/NetflixACAJudge.scala and MannWhitneyClassifier.scala in spinnaker/kayenta;
 * https://spinnaker.io/docs/guides/user/canary/best-practices/.
 */
export function kayenta(): Rule {
  return {
    everyMs: 60 * MINUTE_MS,
    isWorse(now, { canary, stable }) {
      const end = Math.round(now / MINUTE_MS);
      if (end > LIFETIME_MINUTES) return false;
      return [errorRate, p99].some((metric) =>
        isHigh(points(canary.slice(0, end), metric), points(stable.slice(0, end), metric)),
      );
    },
  };
}

function isHigh(experiment: readonly number[], control: readonly number[]): boolean {
  if (Math.min(experiment.length, control.length) < LEAST_POINTS) return false;
  const { estimate, lower } = shift(experiment, control);
  return lower > TOLERANCE * Math.abs(estimate);
}

function points(minutes: readonly Minute[], metric: (minute: Minute) => number | undefined) {
  return minutes.flatMap((minute) => metric(minute) ?? []);
}

function errorRate({ success }: Minute): number | undefined {
  return success === undefined ? undefined : 1 - success;
}

function p99(minute: Minute): number | undefined {
  return minute.p99;
}
