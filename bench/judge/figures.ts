import { percentile } from '../load.ts';
import { NAMES, type Name } from './contenders.ts';
import type { Series } from './plan.ts';
import type { Decision } from './run.ts';

export type Decisions = Record<Name, (Decision | undefined)[]>;

/** Median and 90th percentile of all runs; infinite if too many were not decided. */
type Spread = Record<keyof Decision, { p50: number; p90: number }>;

export interface Figures {
  series: Series;
  rules: Record<Name, { decided: number; spread: Spread }>;
}

/** The figures of the runs of a series. */
export function figuresOf(series: Series, decisions: Decisions): Figures {
  const rules = NAMES.map((name) => {
    const runs = decisions[name];
    const decided = runs.filter((each) => each !== undefined).length;
    return [name, { decided, spread: spreadOf(runs) }] as const;
  });
  return { series, rules: Object.fromEntries(rules) as Figures['rules'] };
}

function spreadOf(runs: readonly (Decision | undefined)[]): Spread {
  const of = (key: keyof Decision) => {
    const values = runs.map((each) => each?.[key] ?? Number.POSITIVE_INFINITY);
    return { p50: percentile(values, 0.5), p90: percentile(values, 0.9) };
  };
  return {
    requests: of('requests'),
    failures: of('failures'),
    hurt: of('hurt'),
    seconds: of('seconds'),
  };
}

/**
 * The interval in which a true share lies with a confidence of 95 %, for `count` of `all` (E. Wilson, Probable
 * inference, J. Amer. Statist. Assoc. 22, 1927).
 */
export function wilson(count: number, all: number): { lower: number; upper: number } {
  const z2 = 1.959963985 ** 2;
  const middle = (count + z2 / 2) / (all + z2);
  const half = Math.sqrt(z2 * ((count * (all - count)) / all + z2 / 4)) / (all + z2);
  return { lower: Math.max(0, middle - half), upper: middle + half };
}
