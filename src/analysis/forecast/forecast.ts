import { randomFrom } from '../stats/random.ts';
import { type Cohort, drawCohorts } from './crowd.ts';
import { comingIn, type SeenTraffic, type Users, usersOf } from './users.ts';
import { type Walk, type WalkSettings, walk } from './walk.ts';

/** What a release will probably take, and what a bad canary would cost. */
export interface Foreseen {
  steps: ForeseenStep[];
  /** A canary for each of the shares of requests that fail. */
  bad: ForeseenBad[];
}

/** One step of a canary that is as good as the stable. */
interface ForeseenStep {
  /** Users on the canary until the step can pass. */
  users: number;
  /** The median time until it passes, in milliseconds; `null` if it usually waits in vain. */
  ms: number | null;
  /** The same for nine of ten canaries. */
  slowest: number | null;
}

/** A canary that fails. */
interface ForeseenBad {
  /** The share of requests that fail in addition to the stable's, from 0 to 1. */
  failing: number;
  /** Users who see a failure until it is taken back: the median, and at most in nine of ten cases. */
  hurt: number;
  most: number;
  /** The median time until then, in milliseconds; `null` if it is usually not taken back. */
  ms: number | null;
}

const FAILING = [0.01, 0.1, 1];
/** Walks that are played; the medians of more differ little. */
const RUNS = 15;
/** This share of the walks must pass a step. */
const USUALLY = 0.9;

/** Foresees a release from the traffic before it; the same for the same traffic. */
export function foresee(settings: WalkSettings, traffic: SeenTraffic): Foreseen {
  const users = usersOf(traffic);
  const runs = drawRuns(settings, users, RUNS);
  const play = (failing: number) =>
    runs.map(({ cohorts, seed }) =>
      walk(settings, { users, traffic, cohorts, failing }, randomFrom(seed)),
    );
  const good = play(0);
  return {
    steps: settings.steps.map((step, index) => {
      const times = good.map(({ passed }) => passed[index] ?? Number.POSITIVE_INFINITY);
      const [ms, slowest] = [finite(quantile(times, 0.5)), finite(quantile(times, USUALLY))];
      const until = ms ?? step.for + settings.deadline;
      return { users: (comingIn(users, until) * step.weight) / 100, ms, slowest };
    }),
    bad: FAILING.map((failing) => foreseeBad(play(failing), failing)),
  };
}

/** Whether nine of ten canaries that are as good as the stable pass every step. */
export function suffices(settings: WalkSettings, traffic: SeenTraffic, runs: number): boolean {
  const users = usersOf(traffic);
  const passed = drawRuns(settings, users, runs).filter(({ cohorts, seed }) => {
    const scene = { users, traffic, cohorts, failing: 0 };
    return walk(settings, scene, randomFrom(seed)).end === 'passed';
  });
  return passed.length >= USUALLY * runs;
}

interface Run {
  cohorts: Cohort[];
  seed: number;
}

function drawRuns({ steps }: WalkSettings, users: Users, runs: number): Run[] {
  const weights = steps.map(({ weight }) => weight);
  return Array.from({ length: runs }, (_, index) => {
    const seed = index + 1;
    return { seed, cohorts: drawCohorts(users, weights, randomFrom(seed)) };
  });
}

function foreseeBad(walks: readonly Walk[], failing: number): ForeseenBad {
  const times = walks.map(({ end, ms }) => (end === 'caught' ? ms : Number.POSITIVE_INFINITY));
  const hurt = walks.map((each) => each.hurt);
  return {
    failing,
    hurt: quantile(hurt, 0.5),
    most: quantile(hurt, USUALLY),
    ms: finite(quantile(times, 0.5)),
  };
}

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
}

function finite(value: number): number | null {
  return Number.isFinite(value) ? value : null;
}
