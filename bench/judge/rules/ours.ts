import { Judge } from '../../../src/analysis/judge.ts';
import { judgeSettings } from '../../../src/analysis/settings.ts';
import { DEFAULT_ANALYSIS } from '../../../src/config/sections/analysis.ts';
import type { Rule } from './rule.ts';

/** The defaults of canary.yaml. */
const SETTINGS = judgeSettings(DEFAULT_ANALYSIS);
const NEXT_WEIGHT = 50;

/** The judge of `canary deploy`, which asks it as often as this. */
export function ours(): Rule {
  const judge = new Judge(SETTINGS, 0);
  return {
    everyMs: 100,
    observe: (request) => judge.observe(request),
    isWorse: (now) => judge.verdict(NEXT_WEIGHT, now).result === 'fail',
  };
}
