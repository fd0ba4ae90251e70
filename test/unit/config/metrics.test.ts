import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../../src/config/parse.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const parse = (settings: object) => {
  const lines = Object.entries(settings).map(([key, value]) => `${key}: ${JSON.stringify(value)}`);
  const services = 'version: 1\nservices: { web: { entry: 80 } }';
  return parseConfig([services, ...lines, ''].join('\n'), 'canary.yaml');
};
const problems = async (settings: object) =>
  (await refusal(() => parse(settings))).details.map((text) => text.replace('line 3, ', ''));

const PROMETHEUS = { name: 'errors', url: 'http://prometheus:9090', query: 'up', pass: '< 1' };
const HTTP = { name: 'errors', url: 'https://api.example.com', value: '$.a', fail: '> 1' };
const COMMAND = { name: 'smoke', run: ['./smoke.sh'] };

describe('metrics', () => {
  test('have defaults for all other settings', () => {
    const { analysis } = parse({
      analysis: { prometheus: [PROMETHEUS], http: [HTTP], command: [COMMAND] },
    });
    const common = { every: 30_000, failures: 1, errors: 3 };
    const asked = { ...common, headers: {}, timeout: 10_000, noData: 'wait' };
    expect(analysis).toMatchObject({
      prometheus: [{ ...PROMETHEUS, ...asked, pass: [{ operator: '<', number: 1 }] }],
      http: [
        {
          ...HTTP,
          ...asked,
          method: 'GET',
          value: [{ kind: 'key', name: 'a' }],
          fail: [{ operator: '>', number: 1 }],
        },
      ],
      command: [{ ...COMMAND, ...common, timeout: 30_000 }],
    });
    expect(parse({}).analysis).toMatchObject({ prometheus: [], http: [], command: [] });
  });

  test.each([
    ['prometheus', { ...PROMETHEUS, pass: undefined }, '0: has neither `pass` nor `fail`'],
    [
      'prometheus',
      { ...PROMETHEUS, name: '-' },
      '0.name: is not a name of letters, digits, `-`, `_` and `.`',
    ],
    ['prometheus', { ...PROMETHEUS, pass: '<' }, '0.pass.0: is not a comparison such as "< 0.01"'],
    ['prometheus', { ...PROMETHEUS, pass: [] }, '0.pass: compares with nothing'],
    ['prometheus', { ...PROMETHEUS, service: 'db' }, '0.service: `db` is not a chosen service'],
    [
      'prometheus',
      { ...PROMETHEUS, every: '500ms' },
      '0.every: is not a duration such as 30s, of at most 1h',
    ],
    ['prometheus', { ...PROMETHEUS, noData: 'pass' }, '0.noData: is not wait or error'],
    [
      'http',
      { ...HTTP, url: 'file:///etc/passwd' },
      '0.url: is not an address that begins with http://, https:// or a variable of the environment',
    ],
    [
      'http',
      { ...HTTP, body: '{{user}}' },
      '0.body: has the unknown {{user}}; there are project, service, canaryService, stableBackend, canaryBackend, release, commit, now, now-5m',
    ],
    ['http', { ...HTTP, headers: { 'a b': 'c' } }, '0.headers.a b: is not a header name'],
    ['http', { ...HTTP, headers: { a: 'b\r\nc: d' } }, '0.headers.a: has control characters'],
    [
      'http',
      { ...HTTP, value: '$.a[]' },
      '0.value: is not the path of one value, such as $.series[0].pointlist[-1][1]',
    ],
    ['http', { ...HTTP, method: 'DELETE' }, '0.method: is not GET, POST or PUT'],
    [
      'command',
      { ...COMMAND, run: 'true' },
      '0.run: is not a list of a program and its arguments; no shell reads it',
    ],
    [
      'command',
      { ...COMMAND, run: [''] },
      '0.run: is not a list of a program and its arguments; no shell reads it',
    ],
    [
      'command',
      { ...COMMAND, run: ['a', 1] },
      '0.run.1: is not a list of a program and its arguments; no shell reads it',
    ],
    ['command', { ...COMMAND, run: ['a\0b'] }, '0.run.0: has a null character'],
    ['command', { ...COMMAND, shell: true }, '0.shell: is not a setting this version knows'],
  ])('%s: %j is rejected', async (kind, metric, problem) => {
    expect(await problems({ analysis: { [kind]: [metric] } })).toEqual([
      `analysis.${kind}.${problem}`,
    ]);
  });

  test('have different names', async () => {
    expect(await problems({ analysis: { command: [COMMAND, COMMAND] } })).toEqual([
      'analysis.command.1.name: is the name of metric 0 already',
    ]);
  });
});

const NOT_BOTH = (web: string) => `has both \`run\` and \`${web}\`: make it two`;

describe('hooks', () => {
  test('have defaults for all other settings', () => {
    const { hooks } = parse({ hooks: { preDeploy: [{ run: ['a'] }, { post: 'http://a' }] } });
    expect(hooks.preDeploy).toEqual([
      { run: ['a'], timeout: 60_000 },
      { post: 'http://a', headers: {}, timeout: 10_000 },
    ]);
    expect(hooks.onRevert).toEqual([]);
  });

  test.each([
    [{}, '0: has neither `run` nor `post`'],
    [{ run: ['a'], post: 'http://a' }, `0: ${NOT_BOTH('post')}`],
    [{ run: ['a'], headers: { a: 'b' } }, '0: has settings of `post` beside `run`'],
    [{ run: ['a'], timeout: '2h' }, '0.timeout: is not a duration such as 10s, of at most 1h'],
    [{ run: ['a'], get: 'http://a' }, '0.get: is not a setting this version knows'],
  ])('%j is rejected', async (hook, problem) => {
    expect(await problems({ hooks: { onRevert: [hook] } })).toEqual([`hooks.onRevert.${problem}`]);
  });

  test('of an unknown phase are rejected', async () => {
    expect(await problems({ hooks: { preRevert: [] } })).toEqual([
      'hooks.preRevert: is not a setting this version knows. Did you mean `onRevert`?',
    ]);
  });
});

describe('gates', () => {
  test('have defaults for all other settings', () => {
    const gates = [
      { run: ['a'] },
      { get: 'http://a' },
      { get: 'http://a', expect: { status: 204 } },
    ];
    const get = { get: 'http://a', headers: {}, timeout: 10_000 };
    expect(parse({ steps: [{ weight: 5, minimumRequests: 9, gates }] }).steps).toEqual([
      {
        weight: 5,
        minimumRequests: 9,
        gates: [
          { run: ['a'], timeout: 30_000 },
          { ...get, expect: { status: 200 } },
          { ...get, expect: { status: 204 } },
        ],
      },
    ]);
  });

  test.each([
    [{ weight: 5, gates: [{}] }, '0.gates.0: has neither `run` nor `get`'],
    [
      { weight: 5, gates: [{ run: ['a'], expect: { status: 200 } }] },
      '0.gates.0: has settings of `get` beside `run`',
    ],
    [{ weight: 5, gates: [{ run: ['a'], get: 'http://a' }] }, `0.gates.0: ${NOT_BOTH('get')}`],
  ])('%j is rejected', async (step, problem) => {
    expect(await problems({ steps: [step] })).toEqual([`steps.${problem}`]);
  });

  test('need a weight', async () => {
    const steps = [
      { weight: 5 },
      { pause: true, gates: [{ run: ['a'] }] },
      { pause: true, minimumRequests: 5 },
    ];
    const text = 'is a weight or a pause, not both: make it two steps';
    expect(await problems({ steps })).toEqual([`steps.1: ${text}`, `steps.2: ${text}`]);
  });
});

test('the port for Prometheus must differ from every other port', async () => {
  expect(parse({ proxy: { metrics: 8405 } }).proxy.metrics).toBe(8405);
  expect(await problems({ proxy: { metrics: 80 } })).toEqual([
    'proxy.metrics: port 80 is also services.web.entry',
  ]);
});
