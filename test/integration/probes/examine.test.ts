import { afterEach, expect, test } from 'vitest';
import { CanaryError } from '../../../src/errors.ts';
import { examine, reasonsOf, resultOf } from '../../../src/probes/examine.ts';
import { startShape } from '../../../src/probes/shape.ts';
import type { ReleaseRun } from '../../../src/project/run.ts';
import { HastyClock } from '../../support/fixture-clock.ts';
import { type Answering, cut, json, Sides } from '../../support/fixture-sides.ts';
import { until } from '../../support/storedog.ts';

let sides: Sides | undefined;
afterEach(() => sides?.stop());

const base64 = (text: string) => Buffer.from(text).toString('base64');
/** A sample in HAProxy's format. */
const sample = (target: string, secondsAgo = 0, service = 'web') => {
  const at = Math.floor(Date.now() / 1000) - secondsAgo;
  return `proc.sample0: type=str value=<${at} ${service} ${base64(target)} ${base64('cookie: a=1\r\n')}>\n`;
};

/** Answers by the path only. */
const byPath =
  (ways: Record<string, Answering>): Answering =>
  (request, response, count) =>
    (ways[new URL(request.url ?? '/', 'http://web').pathname] ?? json({}))(
      request,
      response,
      count,
    );

async function examined(
  samples: readonly string[],
  answers: { stable: Answering; canary: Answering },
  analysis = '{}',
) {
  sides = await Sides.start(answers);
  const clock = new HastyClock();
  const run = sides.run(analysis, {}, async () => samples.join('\n'), clock);
  const examination = await examine(run);
  const requests = examination.shape.map(({ request }) => request);
  return { examination, requests, result: resultOf(examination), took: clock.slept };
}

const alike = { stable: json({ a: 1 }), canary: json({ a: 2 }) };

test('each page is compared once, whoever requested it', async () => {
  const samples = [sample('/products/1?a=1'), sample('/products/2'), sample('/')];
  const { requests, result } = await examined(samples, alike);
  expect([...requests].sort()).toEqual(['GET /', 'GET /products/*']);
  expect(result).toBe('pass');
  expect(sides?.asked[1]?.every(({ headers }) => headers.cookie === 'a=1')).toBe(true);
});

test('requests that may have an effect, are excluded, are old or of an unknown service are skipped', async () => {
  const samples = [
    ...[sample('/logout'), sample('/private/x'), sample('/old', 120), sample('/x', 0, 'other')],
    sample('/fine'),
  ];
  const { requests } = await examined(samples, alike, '{ shape: { exclude: [/private] } }');
  expect(requests).toEqual(['GET /fine']);
  const asked = sides?.asked.flat().map(({ url }) => url);
  expect(new Set(asked)).toEqual(new Set(['/fine']));
});

test('a failure outweighs what could not be measured, and each reason is given once', async () => {
  const checks =
    '{ checks: [{ get: /, expect: { status: 204 } }, { get: /, expect: { status: 204 } }] }';
  const { examination, result } = await examined(
    [sample('/')],
    { stable: cut, canary: json({}) },
    checks,
  );
  expect(result).toBe('fail');
  expect(reasonsOf(examination, 'fail')).toEqual(['GET /: status 200, not 204.']);
  expect(reasonsOf(examination, 'error')).toEqual([
    'GET /: nothing was compared, no answer (socket hang up) from the stable.',
  ]);
});

test('a page that the stable does not answer counts only if there is no other', async () => {
  const stable = byPath({ '/endless': cut });
  const samples = [sample('/endless'), sample('/')];
  expect((await examined(samples, { stable, canary: json({}) })).result).toBe('pass');
  await sides?.stop();
  expect((await examined([sample('/endless')], { stable, canary: json({}) })).result).toBe('error');
});

test('without requests it ends soon, and does not pass', async () => {
  const { examination, result, took } = await examined([], alike);
  expect([examination.shape, result]).toEqual([[], 'error']);
  expect(took).toBeLessThan(4000);
});

test('a declared change passes', async () => {
  const answers = { stable: json([{ code: 1 }]), canary: json([{ coupon: 1 }]) };
  const declared = '{ shape: { allow: ["$[].coupon"] } }';
  expect((await examined([sample('/')], answers)).result).toBe('fail');
  await sides?.stop();
  expect((await examined([sample('/')], answers, declared)).result).toBe('pass');
});

test('in the background pages take turns, and a proxy that does not answer counts as no requests', async () => {
  sides = await Sides.start(alike);
  let tell = async () => {
    throw new CanaryError('proxy-unreachable', 'gone');
  };
  const run = sides.run('{}', {}, () => tell() as Promise<string>);
  const source = await startShape(run as ReleaseRun);
  // Without requests there is no failure, and no pass.
  expect(source.opinions(5)).toEqual([]);
  tell = (async () => [sample('/a'), sample('/b')].join('\n')) as never;
  await until('both were compared', async () =>
    source
      .opinions(5)
      .some(
        ({ text }) => text === 'Both sides give the same answers: 3 requests of users on 2 pages.',
      ),
  );
  await source.stop();
});
