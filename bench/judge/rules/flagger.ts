import { MINUTE_MS } from '../windows.ts';
import type { Rule } from './rule.ts';

const LEAST_SUCCESS = 0.99;
const MOST_P99_MS = 500;

/**
 * Flagger: every 60 s (`interval`, its default) `request-success-rate` of the last minute is at least 99 % and
 * `request-duration` (p99) at most 500 ms, else a check has failed; no values are a failed check too. After `threshold`
 * failed checks, in a row or not, the canary is rolled back. The default of `threshold` is 1, its pages use 5 and 10.
 * https://docs.flagger.app/usage/metrics, https://docs.flagger.app/usage/how-it-works and in fluxcd/flagger
 * pkg/controller/scheduler_metrics.go. In its favour: it rolls back at the check that fails, not a tick later, and
 * metrics are available without delay.
 */
export function flagger(threshold: number): Rule {
  let failedChecks = 0;
  return {
    everyMs: MINUTE_MS,
    isWorse(now, { canary }) {
      const last = canary[Math.round(now / MINUTE_MS) - 1];
      const isGood =
        (last?.success ?? 0) >= LEAST_SUCCESS && (last?.p99 ?? Number.NaN) <= MOST_P99_MS;
      if (!isGood) failedChecks += 1;
      return failedChecks >= threshold;
    },
  };
}
