import { describe, expect, test } from 'vitest';
import { judged, median, SEEDS, SETTINGS, type Traffic } from '../../support/fixture-traffic.ts';

/** How many of all runs judge the canary bad. */
function alarms(change: Partial<Traffic>, settings = SETTINGS): number {
  return SEEDS.filter((seed) => judged(seed, change, settings).verdict.result === 'fail').length;
}

/** In all of these, both sides fail alike. */
const SAME: readonly [string, Partial<Traffic>][] = [
  ['calm traffic', {}],
  ['an outage that hits both sides', { failing: (_, at) => (at > 0.4 && at < 0.45 ? 0.6 : 0.001) }],
  ['bursts of failures', { failing: (_, at) => (Math.floor(at * 200) % 20 === 0 ? 0.3 : 0.001) }],
  [
    'a share that drifts while failures drift',
    { weight: (at) => 1 + 40 * at, failing: (_, at) => 0.02 * at },
  ],
  ['a weight that goes up and down', { weight: (at) => [1, 25, 5, 50][Math.floor(at * 4)] ?? 5 }],
  ['clients in a loop that always fail', { broken: 3 }],
  ['few users', { perSecond: 1, requests: 5000, users: 60 }],
  [
    'low traffic with outages that hit both sides',
    {
      perSecond: 2,
      users: 200,
      failing: (_, at) => (Math.floor(at * 60) % 12 === 0 ? 0.5 : 0.001),
    },
  ],
  [
    'a full weight, where nobody is left to compare with and everybody asks often',
    { weight: (at) => (at < 0.3 ? 20 : 100), failing: () => 0.01, users: 300 },
  ],
  [
    'a higher weight that moves users who fail always',
    { broken: 300, weight: (at) => (at < 0.5 ? 5 : 25) },
  ],
  [
    'pauses and a canary that comes back',
    { weight: (at) => [5, 0, 5, 0, 25][Math.floor(at * 5)] ?? 5 },
  ],
  ['half of all users on the canary', { weight: () => 50, failing: () => 0.05 }],
];

describe('a canary that is no worse', () => {
  test.each(SAME)('is not judged bad in %s', (_, change) => {
    expect(alarms({ requests: 12_000, ...change })).toBe(0);
  });

  test('is judged bad at most as often as alpha allows, with an alpha large enough to count', () => {
    // With alpha 20%, at most three of 16 runs are expected; eight or more would happen once in 100 times.
    expect(
      alarms({ failing: () => 0.05, requests: 10_000 }, { ...SETTINGS, alpha: 0.2 }),
    ).toBeLessThan(8);
  });
});

test('a canary that was good for a long time is judged bad soon after it fails', () => {
  const late = (side: string, at: number) => (side === 'canary' && at > 0.9 ? 0.1 : 0.001);
  const runs = SEEDS.map((seed) => judged(seed, { failing: late, requests: 60_000 }));
  expect(runs.map(({ verdict }) => verdict.result)).toEqual(SEEDS.map(() => 'fail'));
  expect(median(runs.map((run) => run.failures))).toBeLessThanOrEqual(12);
});
