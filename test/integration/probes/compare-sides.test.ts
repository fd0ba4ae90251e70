import { afterEach, expect, test } from 'vitest';
import { containerUrls } from '../../../src/probes/ask-container.ts';
import { compareSides } from '../../../src/probes/compare-sides.ts';
import { type Answering, cut, inTurn, json, Sides } from '../../support/fixture-sides.ts';

let sides: Sides | undefined;
afterEach(() => sides?.stop());

async function compared(stable: Answering, canary: Answering | Answering[], isTls = false) {
  sides = await Sides.start({ stable, canary }, isTls);
  const run = sides.run();
  const headers = { cookie: 'a=1', host: 'shop.example', baggage: 'x=1,canary=stable' };
  const asked = { service: 'web', target: '/list?page=2', path: '/list', headers };
  return compareSides(run, await containerUrls(run, 'web'), asked, []);
}

const code = json([{ code: 'a' }]);
const coupon = json([{ coupon: 'a' }]);

test('both sides get the same request twice, with their side in its headers', async () => {
  expect(await compared(code, json([{ code: 'b' }]))).toMatchObject({ result: 'pass' });
  const told = sides?.asked.map((requests) =>
    requests.map(({ url, headers }) => [
      ...[url, headers.cookie, headers.host, headers['x-canary'], headers.baggage],
    ]),
  );
  const of = (side: string) => [
    ...['/list?page=2', 'a=1', 'shop.example', side, `x=1,canary=${side}`],
  ];
  expect(told).toEqual(['stable', 'canary'].map((side) => [of(side), of(side)]));
});

test('a difference is requested again before it is reported', async () => {
  expect(await compared(code, coupon)).toMatchObject({
    result: 'fail',
    text: 'GET /list: $[].code is missing on the canary, $[].coupon is new.',
  });
  expect(sides?.asked.map(({ length }) => length)).toEqual([4, 4]);
});

test.each<[string, Answering]>([
  ['status', inTurn(json({}, 503), code)],
  ['structure', inTurn(code, coupon, code)],
  ['connection that is cut', inTurn(cut, code)],
])('one odd %s of the canary is no failure', async (_, canary) => {
  expect(await compared(code, canary)).toMatchObject({ result: 'pass' });
});

test('what the stable does too, even rarely, is no failure', async () => {
  const stable = inTurn(code, code, json({}, 503), code);
  expect(await compared(stable, json({}, 503))).toMatchObject({ result: 'pass' });
});

test('a canary that does not answer fails if the stable answers', async () => {
  expect(await compared(code, cut)).toMatchObject({
    result: 'fail',
    text: 'GET /list: no answer (socket hang up) from the canary.',
  });
});

test('without an answer of the stable there is no measurement', async () => {
  expect(await compared(inTurn(code, cut), code)).toMatchObject({
    result: 'error',
    text: 'GET /list: nothing was compared, no answer (socket hang up) from the stable.',
  });
});

test('every replica of the canary is requested in turn', async () => {
  expect(await compared(code, [code, coupon])).toMatchObject({ result: 'fail' });
  expect(sides?.asked.map(({ length }) => length)).toEqual([4, 2, 2]);
});

test('without a container of a side there is no measurement', async () => {
  expect(await compared(code, [])).toMatchObject({
    result: 'error',
    text: 'GET /list: nothing was compared, no container of the canary runs.',
  });
});

test('a body that is too large is reported, and compared only by status and type', async () => {
  const large = json(['x'.repeat(1024 * 1024)]);
  expect(await compared(large, large)).toMatchObject({
    result: 'pass',
    text: 'GET /list: only status and content type were compared, the body is larger than 1 MiB.',
  });
});

test('containers that speak TLS are requested, whatever their certificate', async () => {
  expect(await compared(code, code, true)).toMatchObject({ result: 'pass' });
});
