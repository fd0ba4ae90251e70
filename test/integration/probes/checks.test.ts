import { afterEach, expect, test } from 'vitest';
import { checksOf } from '../../../src/config/sections/analysis.ts';
import { runCheck, startChecks } from '../../../src/probes/checks.ts';
import type { ReleaseRun } from '../../../src/project/run.ts';
import { type Answering, cut, inTurn, json, Sides } from '../../support/fixture-sides.ts';
import { until } from '../../support/storedog.ts';

let sides: Sides | undefined;
afterEach(() => sides?.stop());

const fine = json({ status: 'ok' });
const bad = json({ status: 'bad' }, 500);

async function found(check: string, canary: Answering | Answering[], env = {}, stable = cut) {
  sides = await Sides.start({ stable, canary });
  const run = sides.run(`{ checks: [${check}] }`, env);
  const [wanted] = checksOf(run.project.config);
  return wanted && runCheck(run, wanted);
}

test('a check requests only the canary, with the entry’s host name and the canary’s side', async () => {
  const check = '{ get: /?a=1, expect: { status: 200 } }';
  expect(await found(check, fine)).toMatchObject({ result: 'pass', text: 'GET /?…: as expected.' });
  expect(sides?.asked[0]).toEqual([]);
  const request = sides?.asked[1]?.[0];
  expect(request?.url).toBe('/?a=1');
  expect(request?.headers).toMatchObject({
    host: 'localhost:3000',
    'x-canary': 'canary',
    baggage: 'canary=canary',
    'x-forwarded-proto': 'http',
    'x-forwarded-host': 'localhost:3000',
  });
});

test('headers, with environment variables, and a body are sent; the check’s own headers win', async () => {
  const check =
    '{ post: /x, headers: { Host: shop.example, Authorization: "Bearer $' +
    '{TOKEN}" }, body: { a: 1 }, expect: {} }';
  expect(await found(check, fine, { TOKEN: 's3cr3t' })).toMatchObject({ result: 'pass' });
  expect(sides?.asked[1]?.[0]?.headers).toMatchObject({
    host: 'shop.example',
    authorization: 'Bearer s3cr3t',
    'content-length': '7',
    'content-type': 'application/json',
  });
});

test('a check is retried once at once; a second failure is reported', async () => {
  const check = '{ get: /, expect: { json: { $.status: ok } } }';
  expect(await found(check, inTurn(bad, fine))).toMatchObject({ result: 'pass' });
  await sides?.stop();
  expect(await found(check, bad)).toMatchObject({
    result: 'fail',
    text: 'GET /: status 500, not below 400, $.status is not "ok".',
  });
  expect(sides?.asked[1]).toHaveLength(2);
});

test.each<[string, Answering, string]>([
  ['200ms', () => undefined, 'GET /: no answer within 200 ms.'],
  ['10s', cut, 'GET /: no answer (socket hang up).'],
])('no answer within %s is a failure', async (within, canary, text) => {
  const check = `{ get: /, expect: { within: ${within} } }`;
  expect(await found(check, canary)).toMatchObject({ result: 'fail', text });
});

test('every container of the canary must answer as expected', async () => {
  const check = '{ get: /, expect: {} }';
  expect(await found(check, [fine, fine, bad])).toMatchObject({ result: 'fail' });
  await sides?.stop();
  expect(await found(check, [])).toMatchObject({
    result: 'fail',
    text: 'GET /: no container of the canary runs.',
  });
});

test('with a missing variable nothing is requested', async () => {
  const check = '{ get: /, headers: { A: "$' + '{NONE}" }, expect: {} }';
  expect(await found(check, fine)).toMatchObject({
    result: 'error',
    text: 'GET /: not asked: the environment has no NONE.',
  });
  expect(sides?.asked[1]).toEqual([]);
});

test('a variable that no header can hold is reported without its value', async () => {
  const check = '{ get: /, headers: { A: "$' + '{TOKEN}" }, expect: {} }';
  const { result, text } = (await found(check, fine, { TOKEN: 'a\ns3cr3t' })) ?? {};
  expect(result).toBe('fail');
  expect(text).not.toContain('s3cr3t');
});

test('the expectation of a check comes before the comparison', async () => {
  const check = '{ get: /, expect: { status: 200 }, compare: true }';
  expect(await found(check, fine, {}, json({ state: 'ok' }))).toMatchObject({
    result: 'fail',
    text: 'GET /: $.state is missing on the canary, $.status is new.',
  });
  await sides?.stop();
  expect(await found(check, bad, {}, json({}))).toMatchObject({
    text: 'GET /: status 500, not 200.',
  });
});

test('in the background a check waits, passes, and stays failed after its first failure', async () => {
  sides = await Sides.start({ stable: cut, canary: inTurn(fine, bad, bad, fine) });
  const run = sides.run('{ checks: [{ get: /, expect: {}, every: 1s }] }');
  const source = await startChecks(run as ReleaseRun);
  const states = new Set<string>();
  await until('it fails', async () => {
    for (const { source: name, result } of source.opinions(5)) states.add(`${name}: ${result}`);
    return states.has('check GET /: fail');
  });
  expect([...states]).toEqual(['wait', 'pass', 'fail'].map((result) => `check GET /: ${result}`));
  await source.stop();
  await source.stop();
  expect(sides.asked[1]).toHaveLength(3);
});

test('stopping a source ends its requests', async () => {
  sides = await Sides.start({ stable: cut, canary: () => undefined });
  const source = await startChecks(sides.run('{ checks: [{ get: /, expect: {} }] }') as ReleaseRun);
  source.opinions(5);
  await until('it asks', async () => sides?.asked[1]?.length === 1);
  await source.stop();
  expect(source.opinions(5)).toMatchObject([{ result: 'wait' }]);
});
