import { suffices } from './forecast.ts';
import type { SeenTraffic } from './users.ts';
import type { WalkedStep, WalkSettings } from './walk.ts';

/** What to change in the settings; what is left out stays. */
export interface Advice {
  weights?: readonly number[];
  /** In milliseconds. */
  deadline?: number;
  /** From 0 to 1. */
  margin?: number;
  minimumRequests?: number;
}

const HOUR_MS = 3_600_000;
const DEADLINES = [2 * HOUR_MS, 6 * HOUR_MS, 24 * HOUR_MS];
const LADDERS = [[10, 50], [25, 50], [50]];
const LAXER: readonly Advice[] = [
  { margin: 0.01, minimumRequests: 50 },
  { margin: 0.02, minimumRequests: 50 },
  { margin: 0.05, minimumRequests: 20 },
];
const RUNS = 10;

/**
 * The settings nearest to the given ones with which good canaries pass: first more patience and
 * larger steps, then less certainty. `undefined` if none of them suffice.
 */
export function adviceFor(settings: WalkSettings, traffic: SeenTraffic): Advice | undefined {
  return candidates(settings).find((advice) => suffices(advised(settings, advice), traffic, RUNS));
}

function candidates({ steps, deadline }: WalkSettings): Advice[] {
  const longer = DEADLINES.filter((each) => each > deadline);
  const ladders = LADDERS.filter(([first = 0]) => first > (steps[0]?.weight ?? 0));
  const patient = [{}, ...longer.map((each) => ({ deadline: each }))].flatMap((advice) => [
    advice,
    ...ladders.map((weights) => ({ ...advice, weights })),
  ]);
  return [...patient, ...LAXER.flatMap((lax) => patient.map((advice) => ({ ...advice, ...lax })))];
}

/** The settings with the advice followed. */
function advised(settings: WalkSettings, advice: Advice): WalkSettings {
  const { judge, steps, deadline } = settings;
  const { margin = judge.margin, minimumRequests, weights } = advice;
  const [first] = steps;
  const walked = weights && first ? weights.map((weight) => ({ ...first, weight })) : steps;
  return {
    ...settings,
    deadline: advice.deadline ?? deadline,
    judge: { ...judge, margin },
    steps: walked.map((step, index): WalkedStep => {
      const nextWeight = walked[index + 1]?.weight ?? 100;
      return { ...step, nextWeight, minimumRequests: minimumRequests ?? step.minimumRequests };
    }),
  };
}
