import type { Scenario } from './stream.ts';

/** A scenario and how often it is played. */
export interface Series {
  kind: string;
  scenario: Scenario;
  runs: number;
}

const WEIGHTS = [1, 5, 25];
const RATES = [10, 100, 1000];
/** The weight and the rate for which the goal of few hurt users is set. */
export const GOAL = { weight: 5, perSecond: 100 };
/** Long enough for Kayenta's first look; at 1,000 requests a second only for all others. */
const SECONDS: Record<number, number> = { 10: 4200, 100: 4200, 1000: 1500 };
const LONG_REQUESTS = 500_000;
/** At 10 a second. */
const HOUR_REQUESTS = 36_000;

const SAME = { failing: 0.001, slowness: 1, from: 0 };
const WORSE: Record<string, typeof SAME> = {
  'fails 100 %': { ...SAME, failing: 1 },
  'fails 10 %': { ...SAME, failing: 0.1 },
  'fails 2 %': { ...SAME, failing: 0.02 },
  'fails 0.5 %': { ...SAME, failing: 0.005 },
  'takes 2 times as long': { ...SAME, slowness: 2 },
  'takes 1.2 times as long': { ...SAME, slowness: 1.2 },
};
const LATE = { 'fails 10 % after 15 minutes': { ...SAME, failing: 0.1, from: 900 } };

export const ALIKE = 'no difference';

/** Which part of all runs is played; less is less exact. */
const PART = Number(process.env.CANARY_BENCH_PART ?? 1);

/** All series that are played; `quick` plays only some of them, to see that it works. */
export function plan(quick: boolean): Series[] {
  if (quick) return [...worse(WORSE, [5], [100], () => 2), ...alike(2, 100, 5000)];
  const runs = (weight: number, perSecond: number) => {
    if (weight === GOAL.weight && perSecond === GOAL.perSecond) return 100;
    return perSecond === 1000 ? 10 : 30;
  };
  const all = [
    ...worse(WORSE, WEIGHTS, RATES, runs),
    ...worse(LATE, [GOAL.weight], [GOAL.perSecond], () => 50),
    ...alike(300, 100, LONG_REQUESTS),
    ...alike(100, 10, HOUR_REQUESTS),
  ];
  return all.map((each) => ({ ...each, runs: Math.ceil(each.runs * PART) }));
}

function worse(
  kinds: Record<string, typeof SAME>,
  weights: number[],
  rates: number[],
  runs: (weight: number, perSecond: number) => number,
): Series[] {
  return Object.entries(kinds).flatMap(([kind, canary]) =>
    weights.flatMap((weight) =>
      rates.map((perSecond) => ({
        kind,
        scenario: { ...canary, weight, perSecond, seconds: SECONDS[perSecond] ?? 0 },
        runs: runs(weight, perSecond),
      })),
    ),
  );
}

function alike(runs: number, perSecond: number, requests: number): Series[] {
  const scenario = { ...SAME, weight: GOAL.weight, perSecond, seconds: requests / perSecond };
  return [{ kind: ALIKE, scenario, runs }];
}
