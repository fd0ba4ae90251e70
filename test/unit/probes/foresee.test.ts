import { expect, test } from 'vitest';
import { randomFrom } from '../../../src/analysis/stats/random.ts';
import { parseConfig } from '../../../src/config/parse.ts';
import { forecastOf } from '../../../src/probes/foresee.ts';
import type { LoggedRequest } from '../../../src/proxy/request-log.ts';
import { stepsOf } from '../../../src/rollout/step.ts';

const STEPS = 'steps: [{ weight: 5, for: 10m }, { pause: true }, { weight: 50, for: 10m }]';
const NOW = 1_000_000_000;

function projectOf(settings: string) {
  const text = `version: 1\nservices: { web: { entry: 80 } }\n${settings}\n`;
  const entry = { port: 80, preview: undefined, hostIp: undefined };
  const config = parseConfig(text, 'canary.yaml');
  return { config, slice: [{ service: 'web', clone: 'web-canary', port: 80, entry }] };
}

/** Requests of so many users at random times, the last one now. */
function requestsOf(count: number, { perSecond = 50, users = 800, method = 'GET' } = {}) {
  const random = randomFrom(11);
  return Array.from(
    { length: count },
    (_, index): LoggedRequest => ({
      at: NOW - ((count - 1 - index) / perSecond) * 1000,
      service: 'web',
      side: 'stable',
      onBaseline: false,
      user: Math.floor(random() * users),
      identity: 'named',
      byRule: false,
      method,
      path: '/',
      status: 200,
      failed: false,
      shielded: false,
      byProxy: false,
      duration: 10,
      bytes: 1000,
    }),
  );
}

function forecast(settings: string, requests: LoggedRequest[], weight?: number) {
  const project = projectOf(settings);
  const steps = weight === undefined ? stepsOf(project.config, 1) : [];
  return forecastOf(project, requests, NOW, { steps, weight });
}

test('with enough traffic every step passes after its time, and a failing canary hurts few', () => {
  expect(forecast(STEPS, requestsOf(6000, { method: 'POST' }))).toMatchObject({
    known: true,
    traffic: { requests: 6000, users: 800, seconds: 120, failing: 0 },
    judged: true,
    enough: true,
    advice: null,
    steps: [
      { step: 1, weight: 5, users: 40, seconds: 600, slowest: 600 },
      { step: 3, weight: 50, users: 400, seconds: 600, slowest: 600 },
    ],
    bad: [
      { failing: 1, seconds: expect.any(Number) },
      { failing: 10, seconds: expect.any(Number) },
      { failing: 100, hurt: expect.toSatisfy((hurt: number) => hurt >= 1 && hurt <= 5) },
    ],
  });
});

test('with too little it says so, and which settings would do', () => {
  const requests = requestsOf(3000, { perSecond: 0.5 });
  const found = forecast(STEPS, requests);
  if (!found.known) throw new Error(found.why);
  expect(found).toMatchObject({ enough: false, steps: [{ seconds: null }, { seconds: null }] });
  const advised = (found.advice ?? '').split('\n');
  expect(advised).not.toEqual(['']);
  // What it says is true.
  const rest = advised.some((line) => line.startsWith('steps:')) ? [] : [STEPS];
  expect(forecast([...rest, ...advised].join('\n'), requests)).toMatchObject({ enough: true });
});

test('with hardly any traffic no settings would do', () => {
  const requests = requestsOf(40, { perSecond: 0.001, users: 9 });
  expect(forecast(STEPS, requests)).toMatchObject({ known: true, enough: false, advice: null });
});

test.each([
  [0, 'The proxy has seen no request yet.'],
  [1, 'The proxy remembers only one request of the last 1s.'],
  [7, 'The proxy remembers only 7 requests of the last 12s.'],
])('with %d requests nothing can be foreseen', (count, why) => {
  expect(forecast(STEPS, requestsOf(count, { perSecond: 0.5 }))).toEqual({ known: false, why });
});

test.each([
  ['', 20],
  ['analysis: false\nsteps: [{ weight: 20, for: 1h }]', undefined],
  ['analysis: { errors: false }\nsteps: [{ weight: 20, for: 1h }]', undefined],
])('nobody judges with `%s` at a weight of %s', (settings, weight) => {
  expect(forecast(settings, requestsOf(6000), weight)).toMatchObject({
    known: true,
    judged: false,
    bad: [],
    steps: [{ step: 1, weight: 20, users: 160, seconds: 3600, slowest: null }],
  });
});

test('while most users came once, nobody knows how many will come', () => {
  const requests = requestsOf(310, { users: 1_000_000 });
  expect(forecast('', requests, 20)).toMatchObject({ steps: [{ weight: 20, users: null }] });
  expect(forecast(STEPS, requests)).toMatchObject({ steps: [{ users: null }, { users: null }] });
});
