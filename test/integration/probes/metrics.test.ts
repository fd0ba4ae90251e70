import { describe, expect, onTestFinished, test } from 'vitest';
import { startMetrics } from '../../../src/probes/metrics.ts';
import type { Source } from '../../../src/probes/source.ts';
import { analysisOf, analysisRun, answering, RELEASE } from '../../support/fixture-analysis.ts';
import { until } from '../../support/storedog.ts';

const SECRET = 'correct horse/battery';
const KEY = `\${API_KEY}`;

type Setup = Parameters<typeof analysisRun>[1];

/** The source of one metric, and what it reports once measured. */
async function measured(analysis: object, setup: Setup = {}) {
  const { run, events, interrupt } = await analysisRun({ analysis }, setup);
  const source = await startMetrics(run, analysisOf(run));
  onTestFinished(() => source.stop());
  const say = () => said(source);
  await until('it is measured', async () => !say().endsWith('Nothing was measured yet.'));
  return { source, events, interrupt, say };
}

function said(source: Source, nextWeight = 25): string {
  return source
    .opinions(nextWeight, 0)
    .map(({ source: name, result, text }) => `${name}: ${result}: ${text}`)
    .join('\n');
}

const vector = (...values: string[]) =>
  JSON.stringify({
    status: 'success',
    data: { resultType: 'vector', result: values.map((value) => ({ value: [1, value] })) },
  });

describe('prometheus', () => {
  test('sends the query for this canary, with headers from the environment', async () => {
    const { url, received } = await answering(() => ({ body: vector('0.001') }));
    const prometheus = [
      {
        name: 'errors',
        url: `${url}/prom/`,
        pass: '< 0.01',
        fail: '> 0.1',
        query: 'rate(x{proxy="{{canaryBackend}}",release="{{release}}"}[1m])',
        headers: { Authorization: `Bearer ${KEY}` },
      },
    ];
    const { say } = await measured({ prometheus }, { env: { API_KEY: SECRET } });
    expect(say()).toBe('prometheus errors: pass: errors is 0.001, below 0.01.');
    const asked = new URL(received[0]?.url ?? '', url);
    expect(asked.pathname).toBe('/prom/api/v1/query');
    expect(asked.searchParams.get('query')).toBe(
      `rate(x{proxy="frontend:canary",release="${RELEASE}"}[1m])`,
    );
    expect(received[0]?.headers.authorization).toBe(`Bearer ${SECRET}`);
  });

  test('reports what is wrong with a query, without secrets', async () => {
    const { url } = await answering(({ headers }) => ({
      status: 400,
      body: JSON.stringify({ status: 'error', error: `bad query of ${headers.authorization}` }),
    }));
    const prometheus = [
      {
        name: 'errors',
        url,
        query: 'up{',
        pass: '< 1',
        errors: 0,
        headers: { Authorization: KEY },
      },
    ];
    const { say } = await measured({ prometheus }, { env: { API_KEY: SECRET } });
    expect(say()).toBe(
      `prometheus errors: error: Not measured once: status 400, bad query of ${KEY}.`,
    );
  });

  test('waits without data', async () => {
    const { url } = await answering(() => ({ body: vector() }));
    const prometheus = [{ name: 'errors', url, query: 'up', pass: '< 1', fail: '>= 1' }];
    const { say } = await measured({ prometheus });
    expect(say()).toBe('prometheus errors: wait: No number yet: it has no data.');
  });

  test('measures repeatedly, and again when the users change', async () => {
    let value = '0';
    const { url, received } = await answering(() => ({ body: vector(value) }));
    const prometheus = [{ name: 'errors', url, query: 'up', pass: '< 1', every: '1s' }];
    const { source, say } = await measured({ prometheus });
    expect(say()).toMatch(/: pass: /);
    const count = received.length;
    expect(said(source, 50)).toMatch(/: wait: .* It is measured again for these users\.$/);
    await until('it passes again', async () => said(source, 50).includes(': pass: '));
    expect(received.length).toBeGreaterThan(count);
    value = '2';
    await until('it fails', async () => said(source, 50).includes(': fail: '));
  });
});

describe('http', () => {
  test('reads a number from JSON, as from Datadog', async () => {
    const series = [
      {
        pointlist: [
          [1, 0.9],
          [2, 0.02],
        ],
      },
    ];
    const { url, received } = await answering(() => ({ body: JSON.stringify({ series }) }));
    const http = [
      {
        name: 'errors',
        url: `${url}/query?service={{canaryService}}`,
        method: 'POST',
        body: '{"release": "{{release}}"}',
        headers: { 'DD-API-KEY': KEY },
        value: '$.series[0].pointlist[-1][1]',
        pass: '< 0.1',
        service: 'discounts',
      },
    ];
    const { say } = await measured({ http }, { env: { API_KEY: SECRET } });
    expect(say()).toBe('http errors: pass: errors is 0.02, below 0.1.');
    expect(received[0]).toMatchObject({
      method: 'POST',
      url: '/query?service=discounts-canary',
      body: `{"release": "${RELEASE}"}`,
      headers: { 'dd-api-key': SECRET },
    });
  });

  const one = (url: string, more: object = {}) => ({
    http: [{ name: 'errors', url, value: '$.value', pass: '< 1', errors: 0, ...more }],
  });

  test('names a variable that is not set, and requests nothing', async () => {
    const { url, received } = await answering(() => ({ body: '{"value":0}' }));
    const { say } = await measured(one(url, { headers: { 'X-Key': KEY } }));
    expect(say()).toBe(
      'http errors: error: Not measured once: API_KEY is not set in the environment.',
    );
    expect(received).toEqual([]);
  });

  test('never shows an address from the environment', async () => {
    const env = { API_KEY: 'http://secret-host.invalid/secret-path' };
    const { say } = await measured(one(KEY), { env });
    expect(say()).toContain(': error: Not measured once: ');
    expect(say()).not.toMatch(/secret/);
    expect((await measured(one(KEY), { env: { API_KEY: 'no address' } })).say()).toBe(
      'http errors: error: Not measured once: Invalid URL.',
    );
  });

  test.each([
    [{ status: 403, body: '{"value":0}' }, 'status 403'],
    [{ body: '<html>' }, 'the answer is no JSON'],
    [undefined, 'no answer within 200 ms'],
  ])('reports %j as an error', async (answer, why) => {
    const { url } = await answering(() => answer);
    const { say } = await measured(one(url, answer ? {} : { timeout: '200ms' }));
    expect(say()).toBe(`http errors: error: Not measured once: ${why}.`);
  });
});

describe('a command', () => {
  const one = (script: string, more: object = {}) => ({
    command: [{ name: 'smoke', run: ['sh', '-c', script], errors: 0, ...more }],
  });

  test.each([
    ['exit 0', {}, 'pass: smoke ended with 0, exactly 0.'],
    ['exit 1', {}, 'fail: smoke ended with 1, not exactly 0.'],
    ['exit 2', {}, 'error: Not measured once: it ended with exit code 2.'],
    ['kill -9 $$', {}, 'error: Not measured once: it was ended by SIGKILL.'],
    ['sleep 60', { timeout: '100ms' }, 'error: Not measured once: it did not end within 100 ms.'],
    ['echo 0.2', { fail: '>= 0.5' }, 'pass: smoke is 0.2, not at least 0.5.'],
    ['echo first; echo 0.7', { fail: '>= 0.5' }, 'fail: smoke is 0.7, at least 0.5.'],
    [
      'echo 0.2; exit 1',
      { fail: '>= 0.5' },
      'error: Not measured once: it ended with exit code 1.',
    ],
    ['echo fine', { fail: '>= 0.5' }, 'error: Not measured once: its last line is no number.'],
  ])('%s %j', async (script, more, text) => {
    const { say } = await measured(one(script, more));
    expect(say()).toBe(`command smoke: ${text}`);
  });

  test('gets the release, runs in the project, and shows its output', async () => {
    const files = { 'shown.txt': 'a file of the project' };
    const script = 'cat shown.txt; echo; echo " of $CANARY_PROJECT $CANARY_RELEASE $CANARY_BRANCH"';
    const { events } = await measured(one(script), { files });
    const lines = events.flatMap((event) => (event.type === 'output' ? event.line : []));
    expect(lines).toEqual(['a file of the project', ` of shop ${RELEASE} canary`]);
  });

  test('that does not exist is an error', async () => {
    const { say } = await measured({ command: [{ name: 'x', run: ['./missing.sh'], errors: 0 }] });
    expect(say()).toBe('command x: error: Not measured once: it was not found.');
  });

  test('is ended by a stop and by an interrupt', async () => {
    for (const way of ['stop', 'interrupt'] as const) {
      const { run, events, interrupt } = await analysisRun({
        analysis: one('echo begun; sleep 600'),
      });
      const source = await startMetrics(run, analysisOf(run));
      said(source);
      await until('it runs', async () => events.length > 0);
      if (way === 'interrupt') interrupt.abort(new Error('Interrupted.'));
      await source.stop();
      await source.stop();
      expect(said(source)).toMatch(/: wait: Nothing was measured yet\.$/);
    }
  });
});

test('nothing is measured before the first reading: the canary may not exist yet', async () => {
  const { url, received } = await answering(() => ({ body: vector('0') }));
  const prometheus = [{ name: 'errors', url, query: 'up', pass: '< 1' }];
  const { run } = await analysisRun({ analysis: { prometheus } });
  const source = await startMetrics(run, analysisOf(run));
  await source.stop();
  expect(said(source)).toMatch(/Nothing was measured yet\.$/);
  await source.stop();
  expect(received).toEqual([]);
});

test('without metrics nothing is reported', async () => {
  const { run } = await analysisRun({});
  const source = await startMetrics(run, analysisOf(run));
  expect(source.opinions(5, 0)).toEqual([]);
  await source.stop();
});
