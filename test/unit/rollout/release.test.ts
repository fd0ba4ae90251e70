import { describe, expect, test } from 'vitest';
import { countsSince, NO_COUNTS } from '../../../src/proxy/counts.ts';
import type { ReleaseEvent } from '../../../src/rollout/events.ts';
import { RELEASE_STATES } from '../../../src/rollout/events.ts';
import { formatRecord, parseJournal } from '../../../src/rollout/journal.ts';
import {
  foldRelease,
  hasEnded,
  type Release,
  releaseId,
  settledState,
} from '../../../src/rollout/release.ts';
import { NEW, OLD, SERVICES } from '../../support/fixture-observed.ts';

const COUNTS = {
  stable: 10,
  canary: 0,
  stableFailures: 1,
  canaryFailures: 0,
  shielded: 0,
  assets: 0,
};
const LATER = {
  stable: 100,
  canary: 5,
  stableFailures: 1,
  canaryFailures: 2,
  shielded: 0,
  assets: 0,
};
const NOW = new Date('2026-01-01T00:10:00.000Z');
const PREVIOUS = [{ service: 'frontend', name: 'shop-frontend', imageId: 'sha256:1' }];

const CREATED: ReleaseEvent = {
  type: 'release-created',
  id: 'r1',
  project: 'shop',
  branch: 'cheaper',
  commit: NEW,
  subject: 'Make it cheaper',
  services: SERVICES,
  counts: COUNTS,
};

/** The release of a journal with these events, one a second. */
function fold(...events: ReleaseEvent[]): Release | undefined {
  const text = events
    .map((event, index) => formatRecord(event, new Date(Date.UTC(2026, 0, 1, 0, 0, index))))
    .join('');
  return foldRelease(parseJournal(text).records);
}

test('the first record of a journal cannot say what only later ones do', () => {
  const more = {
    replacing: { from: OLD, commit: NEW, previous: [{ service: 'x' }] },
    ...{ promotedCommit: NEW, weight: 1e9, state: 'promoted', backups: [{ file: '../../x' }] },
    before: { commit: OLD, images: 5 },
  };
  expect(fold({ ...CREATED, ...more } as ReleaseEvent)).toEqual(fold(CREATED));
});

describe('the release read from a journal', () => {
  test('begins as being built, without users', () => {
    expect(fold(CREATED)).toEqual({
      id: 'r1',
      project: 'shop',
      branch: 'cheaper',
      commit: NEW,
      subject: 'Make it cheaper',
      services: SERVICES,
      state: 'building',
      reason: 'created',
      weight: 0,
      weights: [],
      images: [],
      pausedWeight: undefined,
      backups: [],
      hasBooted: false,
      wasReady: false,
      wasReplaced: false,
      startedAt: '2026-01-01T00:00:00.000Z',
      updatedAt: '2026-01-01T00:00:00.000Z',
      endedAt: undefined,
      countsAtStart: COUNTS,
      countsAtWeight: COUNTS,
      replacing: undefined,
      promotedCommit: undefined,
    });
  });

  test('follows a whole release: deployed, given users, promoted', () => {
    const step = { kind: 'start-proxy', cause: 'test' } as const;
    expect(
      fold(
        CREATED,
        { type: 'operation-started', operation: step },
        { type: 'operation-finished', operation: step, ms: 5 },
        { type: 'weight-set', weight: 5, counts: LATER },
        { type: 'state-changed', state: 'paused', reason: 'at 5 %' },
        { type: 'state-changed', state: 'promoting', reason: 'to main' },
        { type: 'stable-replacing', from: OLD, commit: NEW, previous: PREVIOUS },
        { type: 'stable-replaced', commit: NEW },
        { type: 'weight-set', weight: 0, counts: LATER },
        { type: 'state-changed', state: 'promoted', reason: 'done' },
      ),
    ).toMatchObject({
      state: 'promoted',
      reason: 'done',
      weight: 0,
      updatedAt: '2026-01-01T00:00:09.000Z',
      countsAtStart: COUNTS,
      countsAtWeight: LATER,
      replacing: undefined,
      promotedCommit: NEW,
    });
  });

  test('remembers its images and every weight, without repeating equal ones', () => {
    const images = [{ service: 'frontend', image: 'shop-frontend:canary-a', imageId: 'sha256:2' }];
    const weightSet = (weight: number) => ({ type: 'weight-set', weight, counts: LATER }) as const;
    const release = fold(
      CREATED,
      { type: 'canary-started', images: [] },
      { type: 'canary-started', images },
      ...[0, 5, 5, 0, 5].map(weightSet),
    );
    expect(release?.images).toEqual(images);
    expect(release?.weights).toEqual(
      [
        [0, 3],
        [5, 4],
        [0, 6],
        [5, 7],
      ].map(([weight, second]) => ({ weight, at: `2026-01-01T00:00:0${second}.000Z` })),
    );
  });

  test('keeps the last backup of each database', () => {
    const backup = { service: 'db', file: 'r1.backup/db.sql.gz', bytes: 9, restore: ['psql'] };
    const release = fold(
      CREATED,
      { type: 'backed-up', ...backup, tables: ['discount'] },
      { type: 'backed-up', ...backup, service: 'other', tables: ['a'] },
      { type: 'backed-up', ...backup, tables: ['orders'] },
    );
    expect(release?.backups).toEqual([
      { ...backup, service: 'other', tables: ['a'] },
      { ...backup, tables: ['orders'] },
    ]);
  });

  test('counts as booted once its canary may have been started, not when it was built', () => {
    const started = (kind: 'start-canary' | 'backup') => {
      const step = { kind, services: SERVICES, databases: [], commit: NEW, cause: 'test' } as const;
      return { type: 'operation-started', operation: step } as ReleaseEvent;
    };
    expect(fold(CREATED, started('backup'))?.hasBooted).toBe(false);
    expect(fold(CREATED, started('backup'), started('start-canary'))?.hasBooted).toBe(true);
  });

  test('has ended once it was promoted, reverted or replaced, and not before', () => {
    const state = (name: Release['state']): ReleaseEvent => ({
      type: 'state-changed',
      state: name,
      reason: 'because',
    });
    const ends = [
      state('promoted'),
      state('reverted'),
      { type: 'release-replaced', by: 'other' } as const,
    ];
    for (const end of ends)
      expect(fold(CREATED, end, { type: 'release-resumed' })?.endedAt).toBe(
        '2026-01-01T00:00:01.000Z',
      );
    for (const name of ['paused', 'failed', 'reverting'] as const)
      expect(fold(CREATED, state(name))?.endedAt).toBeUndefined();
  });

  test('keeps the weight from before a pause until another is set', () => {
    const held: ReleaseEvent[] = [
      { type: 'weight-set', weight: 0, counts: LATER },
      { type: 'release-paused', weight: 20 },
    ];
    expect(fold(CREATED, ...held)?.pausedWeight).toBe(20);
    const set: ReleaseEvent = { type: 'weight-set', weight: 5, counts: LATER };
    expect(fold(CREATED, ...held, set)?.pausedWeight).toBeUndefined();
  });

  test('treats counts of an older canary as zero shielded requests', () => {
    const { shielded: _, ...older } = COUNTS;
    const release = fold({ ...CREATED, counts: older } as unknown as ReleaseEvent);
    expect(release?.countsAtStart).toEqual(COUNTS);
  });

  test('continues counting after the proxy restarted its counts at 0', () => {
    const release = fold(
      CREATED,
      { type: 'weight-set', weight: 5, counts: LATER },
      { type: 'proxy-reloaded', counts: { ...LATER, stable: 120 } },
    );
    const now = { ...NO_COUNTS, stable: 3 };
    expect(release && countsSince(now, release.countsAtWeight)).toEqual({
      ...NO_COUNTS,
      stable: 23,
    });
    expect(release && countsSince(now, release.countsAtStart).stable).toBe(113);
  });

  test('knows of a half-replaced stable until it is whole again', () => {
    const replacing: ReleaseEvent = {
      type: 'stable-replacing',
      from: OLD,
      commit: NEW,
      previous: PREVIOUS,
    };
    expect(fold(CREATED, replacing)?.replacing).toEqual({
      from: OLD,
      commit: NEW,
      previous: PREVIOUS,
    });
    const restored = fold(CREATED, replacing, { type: 'stable-restored' });
    expect(restored).toMatchObject({ replacing: undefined, promotedCommit: undefined });
  });

  test('does not exist if the journal does not begin a release', () => {
    expect(fold()).toBeUndefined();
    expect(fold({ type: 'weight-set', weight: 5, counts: COUNTS })).toBeUndefined();
  });
});

describe('the reported state', () => {
  const inState = (state: Release['state']) => {
    const release = fold(CREATED, { type: 'state-changed', state, reason: 'because' });
    if (!release) throw new Error('the journal begins a release');
    return release;
  };

  test('is the journal’s while a command drives the release', () => {
    for (const state of RELEASE_STATES)
      expect(settledState(inState(state), true, NOW)).toEqual({ state, reason: 'because' });
  });

  test('is failed if no command drives a release in progress', () => {
    const told = RELEASE_STATES.map((state) => settledState(inState(state), false, NOW).state);
    expect(Object.fromEntries(RELEASE_STATES.map((state, index) => [state, told[index]]))).toEqual({
      building: 'failed',
      rehearsing: 'failed',
      starting: 'failed',
      checking: 'failed',
      advancing: 'failed',
      promoting: 'failed',
      reverting: 'failed',
      holding: 'holding',
      paused: 'paused',
      inconclusive: 'inconclusive',
      promoted: 'promoted',
      reverted: 'reverted',
      removed: 'removed',
      failed: 'failed',
    });
    expect(settledState(inState('starting'), false, NOW).reason).toMatch(
      /interrupted while starting/,
    );
  });

  test('is final only for a release that was promoted, reverted or removed', () => {
    const ended = RELEASE_STATES.filter((state) => hasEnded(inState(state)));
    expect(ended).toEqual(['promoted', 'reverted', 'removed']);
  });
});

test('release ids sort by time and contain the commit', () => {
  const first = releaseId(new Date('2026-03-01T09:05:07.123Z'), NEW);
  const second = releaseId(new Date('2026-03-01T10:00:00.000Z'), OLD);
  expect(first).toBe('20260301-090507-aaaaaaa');
  expect(first < second).toBe(true);
});

test.each([
  ['was set back by a year', '20270301-090507-bbbbbbb', '20270301-090508-aaaaaaa'],
  ['stands in the same second', '20260301-090507-aaaaaaa', '20260301-090508-aaaaaaa'],
  [
    'was set back before midnight of a new year',
    '20261231-235959-bbbbbbb',
    '20270101-000000-aaaaaaa',
  ],
  ['goes on', '20250301-090507-bbbbbbb', '20260301-090507-aaaaaaa'],
  ['is compared with a name that is no id', 'notes', '20260301-090507-aaaaaaa'],
])('a release that begins later sorts later, if the clock %s', (_, before, id) => {
  expect(releaseId(new Date('2026-03-01T09:05:07.123Z'), NEW, before)).toBe(id);
});

describe('a release whose command died in its steps', () => {
  const steps = [{ weight: 5, for: 60_000 }, { pause: true as const }];
  const begun = (strategy: 'canary' | 'ab'): ReleaseEvent[] => [
    CREATED,
    { type: 'steps-begun', strategy, steps },
    { type: 'step-begun', index: 0, of: 2, step: { weight: 5, for: 60_000 }, counts: COUNTS },
    { type: 'state-changed', state: 'advancing', reason: 'step 1 of 2' },
  ];
  const settled = (strategy: 'canary' | 'ab', now: string) =>
    settledState(fold(...begun(strategy)) as Release, false, new Date(now));

  test('waits for a person, and keeps its users', () => {
    expect(settled('canary', '2026-01-01T01:00:00.000Z')).toEqual({
      state: 'holding',
      reason: 'interrupted in step 1 of 2; its weight stays, `canary resume` goes on',
    });
  });

  test('says when the time of an A/B test is over', () => {
    expect(settled('ab', '2026-01-01T00:01:01.000Z').reason).toContain('interrupted in step 1');
    expect(settled('ab', '2026-01-01T00:01:02.000Z').reason).toBe(
      'the time of the A/B test is over since 2026-01-01T00:01:02.000Z; `canary resume` ends it with the comparison',
    );
  });

  test('keeps its state while a command drives it, and has no steps once a person set a weight', () => {
    const release = fold(...begun('canary')) as Release;
    expect(settledState(release, true, NOW).state).toBe('advancing');
    expect(fold(...begun('canary'), { type: 'steps-left' })?.progress).toBeUndefined();
    // A new deploy starts its steps from the beginning.
    const again = fold(...begun('canary'), { type: 'steps-begun', strategy: 'canary', steps });
    expect(again?.progress?.index).toBe(-1);
  });
});
