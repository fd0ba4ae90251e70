import { expect, test } from 'vitest';
import type { Status } from '../../../src/documents/status.ts';
import { statusText } from '../../../src/ui/status-view.ts';
import { makeTheme } from '../../../src/ui/theme.ts';
import { NEW, OLD } from '../../support/fixture-observed.ts';

const PLAIN: Status = {
  version: 1,
  project: 'shop',
  stable: {
    branch: 'main',
    commit: OLD,
    services: [
      {
        name: 'frontend',
        image: 'shop-frontend',
        containers: [
          { id: '1', state: 'running', health: 'healthy', restarts: 0 },
          { id: '2', state: 'exited', health: 'none', restarts: 0 },
        ],
      },
      { name: 'db', image: 'postgres:17', containers: [] },
    ],
  },
  proxy: {
    state: 'running',
    silent: [],
    entries: [
      {
        service: 'frontend',
        address: 'http://localhost:3000',
        addresses: ['http://localhost:3000'],
        preview: 'http://localhost:13000',
      },
    ],
  },
  release: null,
  traffic: null,
  lock: null,
};

const RELEASE: NonNullable<Status['release']> = {
  id: 'r1',
  branch: 'cheaper',
  commit: NEW,
  source: null,
  subject: 'Make it cheaper',
  state: 'paused',
  reason: 'at 5 %, waiting for a person to promote or revert',
  step: 1,
  steps: 1,
  startedAt: '2026-11-21T12:00:00.000Z',
  schedule: null,
  evidence: null,
  weight: { set: 5, measured: 4.98 },
  requests: { stable: 18_993, canary: 1007 },
  failures: { stable: 3, canary: 0, shielded: 0 },
  assets: 0,
  verdict: null,
  rehearsal: null,
  services: [
    {
      name: 'frontend',
      image: 'shop-frontend:canary-aaaaaaaaaaaa',
      containers: [{ id: '3', state: 'running', health: 'none', restarts: 0 }],
    },
  ],
};

const text = (status: Status) => statusText(status, makeTheme(false));

test('a stable without a canary', () => {
  expect(text(PLAIN)).toMatchInlineSnapshot(`
    "shop  proxy running
      frontend  http://localhost:3000

    stable  main 000000000000
      frontend  running, healthy / exited  shop-frontend
      db        no container               postgres:17

    canary  none"
  `);
});

test('a canary with users: both weights, requests, failures and the canary’s own address', () => {
  expect(text({ ...PLAIN, release: RELEASE })).toMatchInlineSnapshot(`
    "shop  proxy running
      frontend  http://localhost:3000  canary alone: http://localhost:13000

    stable  main 000000000000
      frontend  running, healthy / exited  shop-frontend
      db        no container               postgres:17

    canary  cheaper aaaaaaaaaaaa  Make it cheaper
      ‖ paused: at 5 %, waiting for a person to promote or revert
      weight    5 % set, 4.98 % measured
      requests  18,993 stable, 1,007 canary
      failures  3 stable, 0 canary
      frontend  running  shop-frontend:canary-aaaaaaaaaaaa"
  `);
});

test('a canary without requests has no measured weight', () => {
  const weight = { set: 5, measured: null };
  expect(text({ ...PLAIN, release: { ...RELEASE, weight } })).toContain('5 % set, no requests yet');
});

test('a release with steps shows its current step', () => {
  const release = { ...RELEASE, step: 2, steps: 4 };
  expect(text({ ...PLAIN, release })).toMatch(/^ {2}step +2 of 4$/m);
  expect(text({ ...PLAIN, release: RELEASE })).not.toMatch(/^ {2}step/m);
});

test('a failed release and the command that holds the lock', () => {
  const release = { ...RELEASE, state: 'failed' as const, reason: 'interrupted while starting' };
  const lock = { command: 'deploy', owner: 'ada', pid: 42, host: 'prod', start: '7' };
  const shown = text({ ...PLAIN, release, lock });
  expect(shown).toContain('✖ failed: interrupted while starting');
  expect(shown).toContain('`canary deploy` is running (ada, process 42 on prod)');
});

test('every address at which users reach a service', () => {
  const [entry] = PLAIN.proxy.entries;
  const addresses = ['http://127.0.0.1:80', 'http://[fd00::5]:80'];
  const entries = entry ? [{ ...entry, addresses }] : [];
  const shown = text({ ...PLAIN, proxy: { ...PLAIN.proxy, entries } });
  expect(shown).toContain('frontend  http://127.0.0.1:80, http://[fd00::5]:80\n');
});

test('assets of the other side are counted apart', () => {
  const shown = text({ ...PLAIN, release: { ...RELEASE, assets: 1200 } });
  expect(shown).toMatch(/^ {2}assets +1,200 asked of the other side, not judged$/m);
  expect(text({ ...PLAIN, release: RELEASE })).not.toContain('assets');
});

test('no line ends in spaces', () => {
  expect(text({ ...PLAIN, release: RELEASE })).not.toMatch(/ $/m);
});

test('a verdict, with each reason on a line', () => {
  const verdict = {
    result: 'inconclusive' as const,
    reasons: ['requests: Too few requests to tell: 3 on the canary.', 'shape: Nothing was asked.'],
  };
  expect(text({ ...PLAIN, release: { ...RELEASE, verdict } })).toContain(`
  failures  3 stable, 0 canary
  verdict   inconclusive: requests: Too few requests to tell: 3 on the canary.
            shape: Nothing was asked.
`);
});

test('what the rehearsal found in the database', () => {
  const findings = [
    { class: 'expanding', text: 'column discount.note is new' },
    { class: 'none', text: '1 row of 50 of session are deleted' },
  ];
  const shown = (rehearsal: object) =>
    text({ ...PLAIN, release: { ...RELEASE, rehearsal } as typeof RELEASE });
  expect(shown({ result: 'pass', findings })).toContain(
    '\n  database  pass, expanding: column discount.note is new\n',
  );
  expect(shown({ result: 'pass', findings: [] })).toContain('  database  pass, nothing changed\n');
});

test('an entry that the proxy does not reach', () => {
  const proxy = { ...PLAIN.proxy, silent: ['frontend'] };
  expect(text({ ...PLAIN, proxy })).toMatch(
    /^shop {2}proxy running\n✖ The proxy does not reach frontend: users get errors\.\n/,
  );
});
