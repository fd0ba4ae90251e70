import { describe, expect, test } from 'vitest';
import { explain } from '../../../src/analysis/explain.ts';
import { Judge } from '../../../src/analysis/judge.ts';
import { judged, median, SEEDS, SETTINGS, type Traffic } from '../../support/fixture-traffic.ts';

describe('a worse canary', () => {
  const onCanary = (rate: number): Partial<Traffic> => ({
    failing: (side) => (side === 'canary' ? rate : 0.001),
  });

  test.each([
    [0.1, 60, 4],
    [0.02, 350, 6],
  ])('that fails %d of its requests is judged bad after a few', (rate, requests, failures) => {
    const runs = SEEDS.map((seed) => judged(seed, onCanary(rate)));
    expect(runs.map(({ verdict }) => verdict.result)).toEqual(SEEDS.map(() => 'fail'));
    expect(median(runs.map(({ canary }) => canary))).toBeLessThan(requests);
    expect(median(runs.map((run) => run.failures))).toBeLessThanOrEqual(failures);
  });

  test('that is slow is judged bad', () => {
    const { verdict } = judged(13, { slowness: 3 });
    expect(verdict).toMatchObject({ result: 'fail', reasons: [{ signal: 'slow' }] });
    expect(explain(verdict)).toMatch(
      /^\d+ of \d+ requests on the canary were slow, and \d+ of \d+ on the stable/,
    );
  });

  test('at full weight is compared with what the stable did before', () => {
    const run = judged(13, {
      weight: (at) => (at < 0.5 ? 20 : 100),
      failing: (side, at) => (side === 'canary' && at > 0.5 ? 0.05 : 0.001),
    });
    expect(run.verdict.result).toBe('fail');
  });
});

describe('a canary as good as the stable', () => {
  test('passes once enough is known, and not before', () => {
    expect(judged(13, { requests: 600 }).verdict).toMatchObject({
      result: 'wait',
      missing: 'requests',
    });
    const late = judged(13, {}).verdict;
    expect(late.result).toBe('pass');
    expect(explain(late)).toMatch(
      / requests failed on the canary, \d+ of \d+ on the stable; its rate is at most /,
    );
  });

  test('does not pass while nothing is known', () => {
    expect(judged(13, { requests: 0 }).verdict).toMatchObject({
      result: 'wait',
      missing: 'requests',
    });
    expect(judged(13, { weight: () => 0 }).verdict).toMatchObject({
      result: 'wait',
      missing: 'requests',
    });
  });
});

test('requests that are only learned from show what is usual, and count for neither side', () => {
  const judge = new Judge(SETTINGS, 0);
  const request = (side: 'stable' | 'canary', user: number, at: number, duration: number) => ({
    at,
    side,
    user,
    group: 'web GET /',
    status: 200,
    failed: false,
    shielded: false,
    duration,
    bytes: 100,
  });
  for (let user = 0; user < 300; user += 1) judge.learn(request('stable', user, 0, 10));
  expect(judge.verdict(5, 0)).toMatchObject({ rates: { stable: { trials: 0 } } });
  // The stable has too few requests to learn from, so earlier requests define what is slow.
  for (let user = 0; user < 60; user += 1) {
    judge.observe(request('stable', 1000 + user, user * 100, 10));
    judge.observe(request('canary', 2000 + user, user * 100, 500));
  }
  const verdict = judge.verdict(5, 60_000);
  expect(verdict.result === 'fail' && verdict.reasons[0]).toMatchObject({
    signal: 'slow',
    stable: { failed: 0 },
    canary: { trials: 60, failed: 60 },
  });
});
