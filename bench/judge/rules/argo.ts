import { MINUTE_MS } from '../windows.ts';
import type { Rule } from './rule.ts';

const LEAST_SUCCESS = 0.95;
/** `consecutiveErrorLimit`, its default. */
const MOST_ERRORS = 4;

/**
 * Argo Rollouts with the analysis template of its documentation: `successCondition: result[0] >= 0.95` on the share of
 * requests without a 5xx, measured every `interval` over the window of the query. More failed measurements than
 * `failureLimit` (default 0) abort, and so do more than 4 measurements in a row that are errors, as without any request.
 * https://argo-rollouts.readthedocs.io/en/stable/features/analysis/ (docs/features/analysis.md in
 * argoproj/argo-rollouts). In its favour: it measures first when a whole interval is over, and over the whole window,
 * not by `irate` between the last two scrapes; an error is tried again at the next interval, not after 10 s.
 */
export function argo({ interval, failureLimit }: { interval: number; failureLimit: number }): Rule {
  let [failures, errors] = [0, 0];
  return {
    everyMs: interval * MINUTE_MS,
    isWorse(now, minutes) {
      const success = minutes.success(now, interval);
      if (success === undefined) errors += 1;
      else errors = 0;
      if (success !== undefined && success < LEAST_SUCCESS) failures += 1;
      return failures > failureLimit || errors > MOST_ERRORS;
    },
  };
}
