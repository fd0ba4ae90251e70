import { expect, test } from 'vitest';
import { EvidenceBook, parseEvidence, parseUsual } from '../../../src/analysis/evidence.ts';
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

/** A judge that goes on where others ended, by what they wrote. */
function following(text: string): { judge: Judge; book: EvidenceBook } {
  const book = new EvidenceBook();
  const judge = new Judge(SETTINGS, 0, (moment) => book.add(moment));
  for (const moment of parseEvidence(text)) judge.weigh(moment);
  const usual = parseUsual(text);
  if (usual) judge.recallUsual(usual);
  else book.learned(judge.usual);
  return { judge, book };
}

test('a user who was hit is not counted again by a process that goes on', () => {
  let text = '';
  for (let start = 0; start < 20; start += 1) {
    const { judge, book } = following(text);
    // The same few broken clients happen to be on the canary, among many that are well.
    for (let index = 0; index < 400; index += 1) {
      const side = index % 2 === 0 ? 'canary' : 'stable';
      const user = index % 100;
      const failed = user < 4 && side === 'canary';
      const status = failed ? 500 : 200;
      const request = { at: start * 10_000 + index * 10, side, user, failed, status } as const;
      judge.observe({ ...request, group: 'GET /', duration: 10, bytes: 1000 });
    }
    expect(judge.verdict(100, start * 10_000 + 9000).result).not.toBe('fail');
    text += book.take();
  }
});

test('what is slow stays what it was when the canary was first compared', () => {
  const request = { group: 'GET /', status: 200, failed: false, bytes: 1000 } as const;
  const first = new Judge(SETTINGS, 0);
  for (let user = 0; user < 300; user += 1)
    first.observe({ ...request, at: user, side: 'stable', user, duration: 10 });
  const book = new EvidenceBook();
  book.learned(first.usual);
  const text = book.take();
  expect(text).toContain('usual');
  book.learned(first.usual);
  expect(book.take()).toBe('');
  const { judge } = following(text);
  for (let user = 0; user < 300; user += 1)
    judge.observe({ ...request, at: user, side: 'stable', user, duration: 900 });
  expect(judge.usual).toEqual(first.usual);
  expect(judge.usual?.slow).toBeLessThan(100);
});

test.each([
  [
    '{"usual":{"slow":null,"smallest":0,"largest":null}}',
    { slow: Infinity, smallest: 0, largest: Infinity },
  ],
  ['{"usual":{"slow":"9","smallest":0,"largest":1}}', undefined],
  ['{"usual":null}', undefined],
  ['{"usual":{"sl', undefined],
])('%s is what is usual, or nothing', (line, usual) => {
  expect(parseUsual(`{}\n${line}\n`)).toEqual(usual);
});
