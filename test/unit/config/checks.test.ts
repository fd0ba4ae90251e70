import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { checksOf, shapeOf } from '../../../src/config/sections/analysis.ts';
import { type Check, checkedService } from '../../../src/config/sections/checks.ts';
import { expandVariables, missingVariables } from '../../../src/config/values/environment.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const SERVICES =
  '{ worker: {}, web: { entry: 80 }, orders: { entry: 81, protocol: http2 }, chat: { entry: 82, protocol: tcp }, old: { entry: 83, proxyProtocol: { send: true } } }';
const parse = (analysis: string) =>
  parseConfig(`version: 1\nservices: ${SERVICES}\nanalysis: ${analysis}\n`, 'canary.yaml');
const problems = async (analysis: string) => (await refusal(() => parse(analysis))).details;
const read = (check: string) => checksOf(parse(`{ checks: [${check}] }`))[0];

describe('a check', () => {
  test('with only a path is compared with the stable', () => {
    expect(read('{ get: / }')).toMatchObject({ method: 'GET', compare: true, expect: undefined });
  });

  test('with an expectation is not compared, unless it asks for it', () => {
    expect(read('{ get: /, expect: {} }')?.compare).toBe(false);
    expect(read('{ get: /, expect: {}, compare: true }')?.compare).toBe(true);
  });

  test('expects one or more statuses, one or more texts', () => {
    expect(read('{ get: /, expect: { status: 200, contains: a } }')?.expect).toMatchObject({
      status: [200],
      contains: ['a'],
    });
    expect(read('{ get: /, expect: { status: [200, 204] } }')?.expect?.status).toEqual([200, 204]);
  });

  test.each([
    ['{ a: 1 }', {}, '{"a":1}', { 'Content-Type': 'application/json' }],
    ['{ a: 1 }', { 'content-type': 'x/y' }, '{"a":1}', { 'content-type': 'x/y' }],
    ['a=1', {}, 'a=1', {}],
  ])('sends the body %s as intended', (body, given, sent, headers) => {
    const check = read(`{ post: /, body: ${body}, headers: ${JSON.stringify(given)}, expect: {} }`);
    expect(check).toMatchObject({ body: sent });
    expect(check?.headers).toEqual(headers);
  });

  test('asks the first entry if it names no service', () => {
    const { services } = parse('{}');
    expect(checkedService({ service: undefined } as Check, services)).toBe('web');
    expect(checkedService({ service: 'worker' } as Check, services)).toBe('worker');
  });
});

test.each([
  ['{}', ': asks for nothing: name a path by one of get, head, options, post, put, patch, delete'],
  ['{ get: /, post: / }', ': asks for more than one thing: get, post'],
  ['{ get: health }', '.get: is not a path such as /health: it begins with /, without blanks'],
  ['{ get: "/a b" }', '.get: is not a path such as /health: it begins with /, without blanks'],
  ['{ get: "/a#b" }', '.get: has a `#`; servers never receive that part'],
  ['{ post: / }', ': needs `expect`: only the answer to a `get` is compared with the stable'],
  [
    '{ post: /, expect: {}, compare: true }',
    '.compare: needs `get`: no other method is sent to the stable',
  ],
  ['{ get: /, compare: false }', '.compare: checks nothing: it has no `expect`'],
  ['{ get: /, body: x }', '.body: is not sent with `get`'],
  ['{ get: /, headers: { A: 1 } }', '.headers.A: is not a text; quote numbers'],
  [
    '{ get: /, headers: { A: "a\\nB: c" } }',
    '.headers.A: has line breaks or characters that no header may have',
  ],
  [
    `{ get: /, headers: { A: "\${B C}" } }`,
    '.headers.A: has `$` and `{` without the name of a variable and `}` behind them',
  ],
  ['{ get: /, headers: { "A B": x } }', '.headers.A B: is not a header name'],
  ['{ get: /, expect: { status: 99 } }', '.expect.status.0: is not a status such as 200'],
  [
    '{ get: /, expect: { json: { a: 1 } } }',
    '.expect.json.a: is not a path such as `$.status` or `$.items[].price`',
  ],
  [
    '{ get: /, expect: { within: 5 } }',
    '.expect.within: is not a duration such as 10s, from 1ms to 1m: 5 has no unit, such as 5s',
  ],
  [
    '{ get: /, expect: { stauts: 1 } }',
    '.expect.stauts: is not a setting this version knows. Did you mean `status`?',
  ],
  ['{ get: /, every: 100ms }', '.every: is not a duration such as 10s, from 1s to 1d'],
  ['{ get: /, service: nope }', ': `nope` is not among the chosen services'],
  ['{ get: /, service: toString }', '.service: is a name that canary cannot use'],
  ['{ get: /, service: orders }', ': asks a service of `protocol: http2`; checks speak HTTP/1.1'],
  ['{ get: /, service: chat }', ': asks a service of `protocol: tcp`; checks speak HTTP'],
  [
    '{ get: /, service: old }',
    ': asks a service that takes connections by PROXY protocol alone; checks do not speak it',
  ],
])('the check %s is rejected with the reason', async (check, problem) => {
  expect(await problems(`{ checks: [${check}] }`)).toEqual([`line 3, analysis.checks.0${problem}`]);
});

test.each([
  ['3', ': is not `true`, `false`, or settings: `allow`, `exclude`, `every`'],
  [
    '{ allow: [coupon] }',
    '.allow.0: is not a path such as `$[].coupon`, `$.items[*].price` or `main > form`',
  ],
  ['{ exclude: [logout] }', '.exclude.0: does not begin with /'],
  ['{ every: 10ms }', '.every: is not a duration such as 10s, from 1s to 1h'],
  ['{ alow: [] }', '.alow: is not a setting this version knows. Did you mean `allow`?'],
])('shape: %s is rejected with the reason', async (shape, problem) => {
  expect(await problems(`{ shape: ${shape} }`)).toEqual([`line 3, analysis.shape${problem}`]);
});

test('shape is on, can be switched off, and has defaults', () => {
  const on = { allow: [], exclude: [], every: 1000 };
  expect(shapeOf(parse('{}'))).toEqual(on);
  expect(shapeOf(parse('{ shape: true }'))).toEqual(on);
  expect(shapeOf(parse('{ shape: false }'))).toBe(false);
  expect(shapeOf(parse('{ shape: { exclude: [/a], every: 2s } }'))).toEqual({
    ...on,
    exclude: ['/a'],
    every: 2000,
  });
});

test('environment variables are found, reported as missing, and expanded', () => {
  const env = { TOKEN: 'abc', EMPTY: '' };
  const texts = ['Bearer $' + '{TOKEN}', '$' + '{NONE} $' + '{EMPTY} $' + '{NONE}', '$5', ''];
  expect(missingVariables(texts, env)).toEqual(['NONE', 'EMPTY']);
  expect(expandVariables(texts[0] ?? '', env)).toBe('Bearer abc');
  expect(expandVariables('$5 {TOKEN}', env)).toBe('$5 {TOKEN}');
});
