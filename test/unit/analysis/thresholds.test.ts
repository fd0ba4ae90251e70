import { expect, test } from 'vitest';
import type { UserRequest } from '../../../src/analysis/request.ts';
import { Thresholds } from '../../../src/analysis/thresholds.ts';

const WINDOW = 60_000;

/** One request a second on the canary, starting at the first second; `request` says what is special, by its number. */
function fed(
  limits: ConstructorParameters<typeof Thresholds>[0],
  count: number,
  request: (index: number) => Partial<UserRequest>,
  enough = 20,
): Thresholds {
  const thresholds = new Thresholds(limits, enough);
  for (let index = 0; index < count; index += 1)
    thresholds.observe({
      at: index * 1000,
      side: 'canary',
      user: index,
      group: '',
      status: 200,
      failed: false,
      duration: 10,
      bytes: 1,
      ...request(index),
    });
  return thresholds;
}

test('too few requests do not pass', () => {
  const thresholds = fed({ failures: 5, window: WINDOW }, 19, () => ({}));
  expect(thresholds.opinions(19_000)).toEqual([
    {
      source: 'thresholds',
      result: 'wait',
      text: 'Too few requests for the limits: 19 of 20 on the canary.',
    },
  ]);
});

test('the share of failures is compared with its limit, whatever the stable does', () => {
  const some = (every: number) => (index: number) => ({ failed: index % every === 0 });
  const limits = { failures: 5, window: WINDOW };
  expect(fed(limits, 40, some(40)).opinions(40_000)).toMatchObject([{ result: 'pass' }]);
  expect(fed(limits, 40, some(10)).opinions(40_000)).toEqual([
    {
      source: 'thresholds',
      result: 'fail',
      text: '4 of 40 requests failed on the canary, 10.00 %; the limit is 5 %.',
    },
  ]);
  const onStable = fed(limits, 40, (index) => ({
    side: index % 2 ? 'stable' : 'canary',
    failed: index % 2 === 1,
  }));
  expect(onStable.opinions(40_000)).toMatchObject([{ result: 'pass' }]);
});

test('the 99th percentile of durations is compared with its limit', () => {
  const slow = fed({ p99: 500, window: WINDOW }, 50, (index) => ({
    duration: index === 30 ? 900 : 20,
  }));
  const [opinion] = slow.opinions(50_000);
  expect(opinion?.result).toBe('fail');
  expect(opinion?.text).toMatch(
    /^99 % of the canary's answers took at most 9\d\d ms; the limit is 500 ms\.$/,
  );
});

test('what is older than the window is forgotten', () => {
  const early = fed({ failures: 5, window: WINDOW }, 200, (index) => ({ failed: index < 100 }));
  expect(early.opinions(200_000)).toMatchObject([{ result: 'pass' }]);
});

test('with few requests the window reaches back until there are enough', () => {
  const seldom = fed({ failures: 5, window: WINDOW }, 40, (index) => ({
    at: index * 30_000,
    failed: index === 39,
  }));
  expect(seldom.opinions(40 * 30_000)).toMatchObject([{ result: 'pass' }]);
  const bad = fed({ failures: 5, window: WINDOW }, 40, (index) => ({
    at: index * 30_000,
    failed: index > 35,
  }));
  expect(bad.opinions(40 * 30_000)).toMatchObject([{ result: 'fail' }]);
});
