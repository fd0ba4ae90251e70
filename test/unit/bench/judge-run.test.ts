import { expect, test } from 'vitest';
import { newContenders } from '../../../bench/judge/contenders.ts';
import { wilson } from '../../../bench/judge/figures.ts';
import { playRun } from '../../../bench/judge/run.ts';
import { Stream } from '../../../bench/judge/stream.ts';

const BAD = { weight: 5, perSecond: 100, failing: 0.1, slowness: 1, from: 0, seconds: 400 };

test('the same seed gives the same run, another seed a different one', () => {
  const [first, again, other] = [7, 7, 8].map((seed) => playRun(BAD, seed, newContenders()));
  expect(again).toEqual(first);
  expect(other).not.toEqual(first);
  expect(first?.canary?.failures).toBeLessThan(12);
  expect(first?.['Flagger, threshold 1']?.seconds).toBe(60);
  expect(first?.['Kayenta, 3 h']).toBeUndefined();
});

test('counting starts when the canary becomes worse', () => {
  const { canary } = playRun({ ...BAD, from: 120 }, 7, newContenders());
  expect(canary?.seconds).toBeGreaterThan(0);
  expect(canary?.seconds).toBeLessThan(60);
  expect(canary?.requests).toBeLessThan(300);
});

test('a stream has the given weight, rate and failures, and users stay on their side', () => {
  const stream = new Stream({ ...BAD, weight: 25, slowness: 2 }, 3);
  const sides = new Map<number, string>();
  const count = { canary: 0, failed: 0, stableFailed: 0, moved: 0 };
  const [durations, requests] = [{ canary: 0, stable: 0 }, 100_000];
  let at = 0;
  for (let index = 0; index < requests; index += 1) {
    const { user, side, failed, duration, at: now } = stream.next();
    at = now;
    if ((sides.get(user) ?? side) !== side) count.moved += 1;
    sides.set(user, side);
    durations[side] += duration ?? 0;
    if (side === 'canary') count.canary += 1;
    if (failed) count[side === 'canary' ? 'failed' : 'stableFailed'] += 1;
  }
  expect(count.moved).toBe(0);
  expect(at / 1000).toBeCloseTo(requests / 100, -2);
  expect(count.canary / requests).toBeCloseTo(0.25, 1);
  expect(count.failed / count.canary).toBeCloseTo(0.1, 2);
  expect(count.stableFailed / (requests - count.canary)).toBeCloseTo(0.001, 3);
  const mean = (side: 'canary' | 'stable', of: number) => durations[side] / of;
  const ratio = mean('canary', count.canary) / mean('stable', requests - count.canary);
  expect(ratio).toBeCloseTo(2, 1);
});

test('a Wilson interval matches the tables', () => {
  expect(wilson(3, 300).lower).toBeCloseTo(0.0034, 4);
  expect(wilson(3, 300).upper).toBeCloseTo(0.029, 4);
});
