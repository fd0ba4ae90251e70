import { expect, test } from 'vitest';
import { argo } from '../../../bench/judge/rules/argo.ts';
import { flagger } from '../../../bench/judge/rules/flagger.ts';
import { kayenta } from '../../../bench/judge/rules/kayenta.ts';
import { shift } from '../../../bench/judge/rules/mann-whitney.ts';
import type { Rule } from '../../../bench/judge/rules/rule.ts';
import { MINUTE_MS, Minutes } from '../../../bench/judge/windows.ts';

interface Made {
  requests: number;
  failed?: number;
  ms?: number;
}

/** Metrics of a canary, minute by minute, beside a stable without failures. */
function metrics(canary: readonly Made[]): Minutes {
  const minutes = new Minutes();
  for (const [minute, { requests, failed = 0, ms = 100 }] of canary.entries())
    for (let index = 0; index < Math.max(requests, 100); index += 1) {
      const at = minute * MINUTE_MS + index;
      const rest = { user: index, group: '', status: 200, shielded: false, bytes: 1 };
      // A little noise, because no two minutes are equal.
      const duration = 100 + (index % 7) + (minute % 5);
      minutes.add({ at, side: 'stable', failed: false, duration, ...rest });
      if (index >= requests) continue;
      minutes.add({
        at,
        side: 'canary',
        failed: index < failed,
        duration: duration + ms - 100,
        ...rest,
      });
    }
  return minutes;
}

/** The first look, in minutes, at which a rule judges the canary bad. */
function takenBack(rule: Rule, canary: readonly Made[]): number | undefined {
  const minutes = metrics(canary);
  for (let now = rule.everyMs; now <= canary.length * MINUTE_MS; now += rule.everyMs)
    if (rule.isWorse(now, minutes)) return now / MINUTE_MS;
  return undefined;
}

const minutes = (count: number, made: Made) => Array.from({ length: count }, () => made);
const GOOD = { requests: 100 };

test.each([
  ['99 % of success', { requests: 100, failed: 1 }, undefined],
  ['less than 99 %', { requests: 100, failed: 2 }, 3],
  ['a p99 of half a second', { requests: 100, ms: 480 }, undefined],
  ['a p99 above half a second', { requests: 100, ms: 520 }, 3],
  ['no values', { requests: 0 }, 3],
])('Flagger looks at the last minute: %s', (_, last, expected) => {
  expect(takenBack(flagger(1), [GOOD, GOOD, last])).toBe(expected);
});

test('Flagger rolls back after as many failed checks as the threshold, in a row or not', () => {
  const bad = { requests: 100, failed: 50 };
  expect(takenBack(flagger(3), [bad, GOOD, bad, GOOD, bad])).toBe(5);
});

test.each([
  ['95 % of success', { requests: 100, failed: 5 }, undefined],
  ['less than 95 %', { requests: 100, failed: 6 }, 3],
])('Argo Rollouts aborts at the first failed measurement by default: %s', (_, last, expected) => {
  const rule = argo({ interval: 1, failureLimit: 0 });
  expect(takenBack(rule, [GOOD, GOOD, last])).toBe(expected);
});

test('Argo Rollouts allows as many failed measurements as failureLimit, each over the whole interval', () => {
  const rule = () => argo({ interval: 5, failureLimit: 3 });
  expect(takenBack(rule(), minutes(60, { requests: 100, failed: 10 }))).toBe(20);
  // One bad minute of five leaves 96 %.
  const diluted = minutes(60, GOOD).map((good, at) =>
    at % 5 === 0 ? { requests: 100, failed: 20 } : good,
  );
  expect(takenBack(rule(), diluted)).toBeUndefined();
});

test('Argo Rollouts counts a measurement without data as an error, and allows four in a row', () => {
  const rule = () => argo({ interval: 1, failureLimit: 0 });
  expect(takenBack(rule(), minutes(4, { requests: 0 }))).toBeUndefined();
  expect(takenBack(rule(), minutes(5, { requests: 0 }))).toBe(5);
  expect(
    takenBack(rule(), [...minutes(4, { requests: 0 }), GOOD, { requests: 0 }]),
  ).toBeUndefined();
});

test('Kayenta judges each hour, by the error rate and by the p99 of durations', () => {
  expect(takenBack(kayenta(), minutes(130, GOOD))).toBeUndefined();
  expect(takenBack(kayenta(), minutes(130, { requests: 100, failed: 2 }))).toBe(60);
  expect(takenBack(kayenta(), minutes(130, { requests: 100, ms: 130 }))).toBe(60);
  const later = [...minutes(30, GOOD), ...minutes(90, { requests: 100, failed: 2 })];
  expect(takenBack(kayenta(), later)).toBe(120);
});

test('Kayenta needs 50 points, and judges no longer than three hours', () => {
  const seldom = minutes(60, { requests: 100, failed: 2 }).map((each, at) =>
    at < 11 ? { requests: 0 } : each,
  );
  expect(takenBack(kayenta(), seldom)).toBeUndefined();
  const late = [...minutes(170, GOOD), ...minutes(130, { requests: 100, failed: 50 })];
  expect(takenBack(kayenta(), late)).toBeUndefined();
});

test('a shift is found where it is, and none where there is none', () => {
  const some = Array.from({ length: 60 }, (_, index) => (index * 37) % 60);
  const moved = some.map((each) => each + 20);
  expect(shift(moved, some).estimate).toBe(20);
  expect(shift(moved, some).lower).toBeGreaterThan(10);
  expect(shift(some, some).lower).toBeLessThan(0);
  // R: wilcox.test(c(1.1, 2.2, 3.3, 4.4), c(0.5, 0.6, 0.7)) estimates the median of all twelve differences.
  expect(shift([1.1, 2.2, 3.3, 4.4], [0.5, 0.6, 0.7]).estimate).toBeCloseTo(2.15, 9);
});
