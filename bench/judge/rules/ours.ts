import { Judge, type JudgeSettings } from '../../../src/analysis/judge.ts';
import type { Rule } from './rule.ts';

/** What canary.yaml says when it says nothing. */
const SETTINGS: JudgeSettings = {
  ...{ alpha: 0.01, margin: 0.005, minimumRequests: 100, percentile: 99 },
  signals: ['failed', 'slow', 'refused', 'size'],
};
const NEXT_WEIGHT = 50;

/** The judge of `canary deploy`, which looks at it as often as this. */
export function ours(): Rule {
  const judge = new Judge(SETTINGS, 0);
  return {
    everyMs: 100,
    observe: (request) => judge.observe(request),
    isWorse: (now) => judge.verdict(NEXT_WEIGHT, now).result === 'fail',
  };
}
