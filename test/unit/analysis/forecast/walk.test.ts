import { expect, test } from 'vitest';
import { drawCohorts } from '../../../../src/analysis/forecast/crowd.ts';
import { foresee } from '../../../../src/analysis/forecast/forecast.ts';
import { type SeenTraffic, usersOf } from '../../../../src/analysis/forecast/users.ts';
import { type WalkSettings, walk } from '../../../../src/analysis/forecast/walk.ts';
import { Judge } from '../../../../src/analysis/judge.ts';
import { randomFrom } from '../../../../src/analysis/stats/random.ts';
import { median, SETTINGS } from '../../../support/fixture-traffic.ts';

const RUNS = 40;
const MINUTE_MS = 60_000;

function stepsAt(weights: readonly number[], hold: number): WalkSettings['steps'] {
  return weights.map((weight, index) => ({
    weight,
    nextWeight: weights[index + 1] ?? 100,
    for: hold,
    minimumRequests: 100,
  }));
}

/** Without breaker and shield: only the judge takes a canary back. */
const BARE: WalkSettings = {
  steps: stepsAt([5, 25], 0),
  judge: SETTINGS,
  deadline: 600 * MINUTE_MS,
  breaker: undefined,
  shield: 0,
};

/** Every user asks about equally often; the mean is 10 requests of each. */
function trafficOf(perSecond: number, users: number, failing = 0.001): SeenTraffic {
  const counts = Array.from({ length: users }, (_, index) => 8 + (index % 5));
  const requests = counts.reduce((sum, count) => sum + count, 0);
  return { ms: (requests / perSecond) * 1000, counts, failing, repeatable: 0 };
}

interface Met {
  /** Users on the canary who met a failure. */
  hurt: number;
  ms: number;
}

/** The same canary, request by request as in production: until it fails, or passes the first step. */
function requestByRequest(traffic: SeenTraffic, failing: number, seed: number): Met {
  const random = randomFrom(seed);
  const judge = new Judge({ ...SETTINGS, signals: ['failed'] }, 0);
  const places = traffic.counts.map(() => random() * 100);
  const perMs = traffic.counts.reduce((sum, count) => sum + count, 0) / traffic.ms;
  const hurt = new Set<number>();
  let look = 0;
  for (let at = 0; ; ) {
    at -= Math.log(1 - random()) / perMs;
    for (; look <= at; look += failing === 0 ? 1000 : 100) {
      const { result } = judge.verdict(25, look);
      if (result === 'fail' || (failing === 0 && result === 'pass'))
        return { hurt: hurt.size, ms: look };
    }
    const user = Math.floor(random() * places.length);
    const isCanary = (places[user] ?? 0) < 5;
    const failed = random() < traffic.failing || (isCanary && random() < failing);
    if (failed && isCanary) hurt.add(user);
    judge.observe({
      at,
      side: isCanary ? 'canary' : 'stable',
      user,
      group: 'GET /',
      status: failed ? 500 : 200,
      failed,
      duration: 10,
      bytes: 1000,
    });
  }
}

function walks(settings: WalkSettings, traffic: SeenTraffic, failing: number) {
  const users = usersOf(traffic);
  const weights = settings.steps.map(({ weight }) => weight);
  return Array.from({ length: RUNS }, (_, seed) => {
    const cohorts = drawCohorts(users, weights, randomFrom(seed + 1));
    return walk(settings, { users, traffic, cohorts, failing }, randomFrom(seed + 1));
  });
}

test.each([
  [1, 40, 1500],
  [0.1, 40, 1500],
  [0.03, 40, 1500],
  [0.01, 40, 1500],
  [1, 4, 600],
  [0.1, 4, 600],
])(
  'a canary that fails %d at %d requests a second costs what it costs request by request',
  (failing, perSecond, size) => {
    const traffic = trafficOf(perSecond, size);
    // The first step does not end by itself.
    const walked = walks({ ...BARE, steps: stepsAt([5], 600 * MINUTE_MS) }, traffic, failing);
    const met = Array.from({ length: RUNS }, (_, seed) => requestByRequest(traffic, failing, seed));
    expect(walked.every(({ end }) => end === 'caught')).toBe(true);
    const [foreseen, real] = [walked, met].map((each) => ({
      hurt: median(each.map(({ hurt }) => hurt)),
      ms: median(each.map(({ ms }) => ms)),
    }));
    expect(Math.abs((foreseen?.hurt ?? 0) - (real?.hurt ?? 0))).toBeLessThanOrEqual(2);
    expect((foreseen?.ms ?? 0) / (real?.ms ?? 1)).toBeGreaterThan(0.6);
    expect((foreseen?.ms ?? 0) / (real?.ms ?? 1)).toBeLessThan(1.6);
  },
);

test.each([
  [40, 1500],
  [4, 600],
])(
  'a good canary passes its first step at %d requests a second when it does request by request',
  (perSecond, size) => {
    const traffic = trafficOf(perSecond, size, 0.002);
    const foreseen = median(walks(BARE, traffic, 0).map(({ passed }) => passed[0] ?? Number.NaN));
    const real = median(
      Array.from({ length: RUNS }, (_, seed) => requestByRequest(traffic, 0, seed).ms),
    );
    expect(foreseen / real).toBeGreaterThan(0.75);
    expect(foreseen / real).toBeLessThan(1.33);
  },
);

test('with more requests a step takes less time, and never less than its own', () => {
  const settings = { ...BARE, steps: stepsAt([5, 25, 50], 10 * MINUTE_MS) };
  const times = [2, 5, 20, 200].map(
    (perSecond) => foresee(settings, trafficOf(perSecond, 5000)).steps[0]?.ms ?? Infinity,
  );
  expect(times).toEqual(times.toSorted((left, right) => right - left));
  expect(times.at(-1)).toBe(10 * MINUTE_MS);
});

test('the breaker takes out a canary that always fails after so many failures', () => {
  const settings = { ...BARE, breaker: 5, steps: stepsAt([5], 600 * MINUTE_MS) };
  const walked = walks(settings, trafficOf(1000, 60_000), 1);
  for (const { end, hurt } of walked)
    expect({ end, isFew: hurt <= 5 }).toEqual({ end: 'caught', isFew: true });
});

test('the shield spares users of requests that can be repeated', () => {
  const traffic = trafficOf(40, 1500);
  const settings = { ...BARE, shield: 0.2 };
  const hurtOf = (repeatable: number) =>
    median(walks(settings, { ...traffic, repeatable }, 0.05).map(({ hurt }) => hurt));
  expect(hurtOf(1)).toBe(0);
  expect(hurtOf(0)).toBeGreaterThan(2);
});

test('few users who ask often are few witnesses: the judge waits in vain', () => {
  const traffic = { ms: 10 * MINUTE_MS, counts: Array(60).fill(1000), failing: 0, repeatable: 0 };
  const settings = { ...BARE, steps: stepsAt([10], 0), deadline: 30 * MINUTE_MS };
  expect(foresee(settings, traffic).steps[0]).toMatchObject({ ms: null, slowest: null });
});

test('the same traffic is always foreseen in the same way', () => {
  const traffic = trafficOf(10, 900);
  expect(foresee(BARE, traffic)).toEqual(foresee(BARE, traffic));
});
