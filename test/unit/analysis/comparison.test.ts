import { describe, expect, test } from 'vitest';
import { SignalComparison } from '../../../src/analysis/comparison.ts';
import type { UserRequest } from '../../../src/analysis/request.ts';
import { randomFrom } from '../../../src/analysis/stats/random.ts';

/** Evidence that a canary which is no worse reaches at most once in 100 times. */
const ENOUGH = Math.log(100);

/** A comparison, and a function that adds a user's request to it; `hit` says that the request shows the signal. */
function asked() {
  const comparison = new SignalComparison(0);
  const ask = (at: number, side: UserRequest['side'], user: number, hit = false) => {
    comparison.tick(at);
    const rest = { group: '', status: 200, failed: hit, shielded: false };
    comparison.add({ at, side, user, ...rest, duration: 1, bytes: 1 }, hit);
  };
  return { comparison, ask };
}

describe('a moment', () => {
  test('is weighed after a second if both sides had users, sooner if many came', () => {
    const { comparison, ask } = asked();
    ask(0, 'stable', 1);
    ask(0, 'canary', 2);
    expect(comparison.tick(999)).toBeUndefined();
    expect(comparison.tick(1000)).toMatchObject({ stable: { atRisk: 1 }, canary: { atRisk: 1 } });
    for (const user of [11, 12, 13, 14, 15]) {
      ask(1000, 'stable', user);
      ask(1000, 'canary', user + 10);
    }
    expect(comparison.tick(1250)).toMatchObject({ canary: { atRisk: 5 } });
  });

  test('waits for users of the other side, for at most a minute', () => {
    const { comparison, ask } = asked();
    for (let at = 0; at < 60_000; at += 1000) ask(at, 'stable', at);
    expect(comparison.tick(59_999)).toBeUndefined();
    expect(comparison.tick(60_000)).toMatchObject({
      stable: { atRisk: 60 },
      canary: { atRisk: 0 },
    });
  });

  test('lasts a second once the stable has had no users for a minute', () => {
    const { comparison, ask } = asked();
    ask(0, 'stable', 1);
    for (let at = 0; at < 60_000; at += 500) ask(at, 'canary', 2);
    expect(comparison.tick(60_000)).toBeDefined();
    ask(60_500, 'canary', 2);
    expect(comparison.tick(61_000)).toMatchObject({ canary: { atRisk: 1 } });
  });
});

describe('a user', () => {
  test('is counted as a witness once, however often they fail or change sides', () => {
    const { comparison, ask } = asked();
    for (let at = 0; at < 20_000; at += 100) {
      for (const user of [1, 2, 3]) ask(at, at < 10_000 ? 'stable' : 'canary', user, true);
      ask(at, 'stable', 4);
      ask(at, 'canary', 5);
    }
    // Three failures on the stable counted for the canary; that these users fail on the canary too says nothing.
    expect(comparison.logEvidence()).toBeLessThan(0);
  });

  test('is at risk once per moment, after any number of moments', () => {
    const { comparison, ask } = asked();
    for (let moment = 0; moment < 70_000; moment += 1) {
      ask(moment * 1000, 'stable', 1);
      ask(moment * 1000, 'stable', 1);
      ask(moment * 1000, 'canary', 2);
      expect(comparison.tick(moment * 1000 + 999)).toBeUndefined();
    }
    const last = { stable: { atRisk: 1, first: 2, users: 0 }, canary: { atRisk: 1 } };
    expect(comparison.tick(70_000_000)).toMatchObject(last);
  });

  test('counts at most a few dozen times in a rate', () => {
    const { comparison, ask } = asked();
    for (let at = 0; at < 100_000; at += 100) ask(at, 'canary', 1, true);
    comparison.tick(200_000);
    expect(comparison.tally('canary')).toEqual({ trials: 50, failed: 50 });
  });
});

describe('no false evidence', () => {
  test('comes from a few heavy users who never fail and are all on the stable by chance', () => {
    const random = randomFrom(3);
    const { comparison, ask } = asked();
    let highest = Number.NEGATIVE_INFINITY;
    for (let second = 0; second < 6000; second += 1) {
      for (let poller = 0; poller < 20; poller += 1) ask(second * 1000, 'stable', poller);
      for (let guest = 0; guest < 20; guest += 1) {
        const user = 100 + Math.floor(60_000 * random());
        // Each user's side is drawn once, from their id.
        const side = Math.imul(user, 0x9e3779b1) >>> 0 < 0.05 * 2 ** 32 ? 'canary' : 'stable';
        ask(second * 1000, side, user, random() < 0.03);
      }
      highest = Math.max(highest, comparison.logEvidence());
    }
    expect(highest).toBeLessThan(ENOUGH);
  });
});

describe('evidence', () => {
  test('grows fast even after a long time without any', () => {
    const random = randomFrom(4);
    const { comparison, ask } = asked();
    const hour = 3600;
    let failures = 0;
    for (let second = 0; comparison.logEvidence() < ENOUGH; second += 1)
      for (let index = 0; index < 100; index += 1) {
        const user = Math.floor(60_000 * random());
        const isCanary = user % 20 === 0;
        const hit = random() < (isCanary && second > hour ? 0.1 : 0.001);
        if (hit && isCanary && second > hour) failures += 1;
        ask(second * 1000 + index * 10, isCanary ? 'canary' : 'stable', user, hit);
      }
    expect(failures).toBeLessThan(12);
  });

  test('is the same when it is weighed again', () => {
    const { comparison, ask } = asked();
    const again = new SignalComparison(0);
    for (let second = 0; second < 30; second += 1) {
      for (let user = 0; user < 20; user += 1)
        ask(second * 1000, user === 0 ? 'canary' : 'stable', second * 20 + user, user === 0);
      const moment = comparison.tick(second * 1000 + 1000);
      if (moment) again.recall(moment);
    }
    expect(comparison.logEvidence()).toBeGreaterThan(ENOUGH);
    expect(again.logEvidence()).toBe(comparison.logEvidence());
    expect(again.tally('canary')).toEqual(comparison.tally('canary'));
  });
});
