import { expect, test } from 'vitest';
import { EvidenceBook, parseEvidence } from '../../../src/analysis/evidence.ts';
import { Judge, type SignalMoment } from '../../../src/analysis/judge.ts';
import { replay } from '../../../src/analysis/replay.ts';
import { randomFrom } from '../../../src/analysis/stats/random.ts';
import { SETTINGS } from '../../support/fixture-traffic.ts';

/** A minute of traffic, half of it on the canary, which fails a share of its requests. */
function recorded(share: number): { moments: SignalMoment[]; live: Judge } {
  const moments: SignalMoment[] = [];
  const live = new Judge(SETTINGS, 0, (moment) => moments.push(moment));
  const random = randomFrom(5);
  for (let index = 0; index < 6000; index += 1) {
    const side = index % 2 === 0 ? 'canary' : 'stable';
    const failed = side === 'canary' && random() < share;
    live.observe({
      at: index * 10,
      side,
      user: index,
      group: 'GET /',
      status: failed ? 500 : 200,
      failed,
      duration: 10,
      bytes: 1000,
    });
  }
  return { moments, live };
}

const STEP = { weight: 50, nextWeight: 100, minimumRequests: 100, endedAt: undefined };

test('a replay gives the same verdict as the live judge', () => {
  const { moments, live } = recorded(0);
  const [step] = replay(moments, [STEP], SETTINGS);
  expect(step?.result).toBe('pass');
  expect(live.verdict(100, 0, 100).result).toBe('pass');
  const [bad] = replay(recorded(0.1).moments, [STEP], SETTINGS);
  expect(bad).toMatchObject({ result: 'fail', weight: 50 });
  expect(bad?.at).toBeLessThan(10_000);
});

test('other settings give another verdict', () => {
  const { moments } = recorded(0);
  expect(replay(moments, [STEP], { ...SETTINGS, margin: 0.0001 })[0]?.result).toBe('wait');
  expect(replay(moments, [{ ...STEP, minimumRequests: 9000 }], SETTINGS)[0]?.result).toBe('wait');
  const onlySlow = { ...SETTINGS, signals: ['slow'] as const };
  expect(replay(recorded(0.1).moments, [STEP], onlySlow)[0]?.result).not.toBe('fail');
});

test('each step is judged by what was known at its end', () => {
  const { moments } = recorded(0);
  const steps = replay(moments, [{ ...STEP, weight: 5, endedAt: 1100 }, STEP], SETTINGS);
  expect(steps.map(({ weight, result }) => [weight, result])).toEqual([
    [5, 'wait'],
    [50, 'pass'],
  ]);
});

test('evidence is written in fewer lines than moments, and weighs the same', () => {
  const { moments } = recorded(0.02);
  const book = new EvidenceBook();
  for (const moment of moments) book.add(moment);
  const text = book.take();
  const lines = text.split('\n').filter(Boolean);
  expect(lines.length).toBeLessThan(moments.length / 10);
  expect(book.take()).toBe('');
  const total = (list: readonly SignalMoment[]) =>
    list.reduce((sum, { canary }) => sum + canary.requests.failed, 0);
  expect(total(parseEvidence(text))).toBe(total(moments));
  expect(parseEvidence(`${text}{"at":12,"sig`)).toHaveLength(lines.length);
});
