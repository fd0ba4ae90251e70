import type { Status } from '../../src/documents/status.ts';
import type { JournalRecord } from '../../src/rollout/journal.ts';
import { NEW, OLD } from './fixture-observed.ts';

/** The time of every look in these fixtures: ninety seconds into the second step. */
export const NOW = Date.parse('2026-11-21T12:05:00.000Z');

const container = (id: string, health = 'healthy', restarts = 0) => ({
  id,
  state: 'running',
  health,
  restarts,
});

const series = (of: (index: number) => number) => Array.from({ length: 36 }, (_, each) => of(each));

/** A release in its second of four steps, with users, judged. */
export const ADVANCING: Status = {
  version: 1,
  project: 'shop',
  stable: {
    branch: 'main',
    commit: OLD,
    services: [
      { name: 'frontend', image: 'shop-frontend', containers: [container('1'), container('2')] },
      { name: 'discounts', image: 'shop-discounts', containers: [container('3')] },
      { name: 'db', image: 'postgres:17', containers: [container('4', 'none')] },
    ],
  },
  proxy: { state: 'running', silent: [], entries: [] },
  release: {
    id: '20261121-120000-aaaaaaa',
    branch: 'cheaper',
    commit: NEW,
    source: null,
    subject: 'Make it cheaper',
    state: 'advancing',
    reason: 'step 2 of 4: 20 % of users for 5m',
    step: 2,
    steps: 4,
    startedAt: '2026-11-21T12:00:00.000Z',
    schedule: {
      steps: [
        { weight: 5, for: 120_000 },
        { weight: 20, for: 300_000 },
        { pause: true },
        { weight: 100, for: 300_000 },
      ],
      current: 2,
      isDone: false,
      begunAt: '2026-11-21T12:03:30.000Z',
      until: '2026-11-21T12:08:30.000Z',
    },
    evidence: {
      against: 0.1,
      for: 0.6,
      text: '0 of 240 requests failed on the canary, 1 of 960 on the stable; its rate may still be 0.9 % above the stable’s.',
    },
    weight: { set: 20, measured: 19.84 },
    requests: { stable: 960, canary: 240 },
    failures: { stable: 1, canary: 0, shielded: 0 },
    assets: 0,
    verdict: null,
    rehearsal: null,
    services: [
      {
        name: 'frontend',
        image: 'shop-frontend:canary-aaaaaaaaaaaa',
        containers: [container('5')],
      },
      {
        name: 'discounts',
        image: 'shop-discounts:canary-aaaaaaaaaaaa',
        containers: [container('6', 'unhealthy', 2)],
      },
    ],
  },
  traffic: {
    covers: 60_000,
    interval: 5000,
    stable: {
      requests: 960,
      failures: 1,
      refused: 12,
      p50: 11.6,
      p99: 84,
      series: series((index) => 60 + (index % 6) * 8),
    },
    canary: {
      requests: 240,
      failures: 0,
      refused: 3,
      p50: 12.2,
      p99: 1310,
      series: series((index) => (index < 12 ? 0 : index)),
    },
  },
  lock: { command: 'deploy', owner: 'ada', pid: 4711, host: 'web1', start: '1' },
};

const counts = {
  stable: 0,
  canary: 0,
  stableFailures: 0,
  canaryFailures: 0,
  shielded: 0,
  assets: 0,
};
const at = (time: string) => ({ v: 1, at: `2026-11-21T${time}.000Z` });
const build = { kind: 'build', services: ['frontend'], commit: NEW, cause: 'no image' } as const;

/** What was recorded of it. */
export const RECORDS: readonly JournalRecord[] = [
  {
    ...at('12:00:00'),
    type: 'release-created',
    id: '20261121-120000-aaaaaaa',
    project: 'shop',
    branch: 'cheaper',
    commit: NEW,
    subject: 'Make it cheaper',
    services: ['frontend', 'discounts'],
    counts,
  },
  { ...at('12:00:01'), type: 'operation-started', operation: build },
  { ...at('12:01:12'), type: 'operation-finished', operation: build, ms: 71_000 },
  {
    ...at('12:01:20'),
    type: 'step-begun',
    index: 0,
    of: 4,
    step: { weight: 5, for: 120_000 },
    counts,
  },
  { ...at('12:03:29'), type: 'step-done', index: 0 },
  {
    ...at('12:03:30'),
    type: 'step-begun',
    index: 1,
    of: 4,
    step: { weight: 20, for: 300_000 },
    counts,
  },
];

/** A project without a canary. */
export const QUIET: Status = { ...ADVANCING, release: null, traffic: null, lock: null };
