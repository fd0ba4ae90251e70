import { expect, test } from 'vitest';
import { NO_COUNTS } from '../../../src/proxy/counts.ts';
import type { ReleaseEvent } from '../../../src/rollout/events.ts';
import { formatRecord, parseJournal } from '../../../src/rollout/journal.ts';
import { doubtsAbout, requireProven } from '../../../src/rollout/proven.ts';
import { foldRelease, type Release } from '../../../src/rollout/release.ts';
import { journalText, state, weightSet } from '../../support/fixture-release.ts';

const AT = new Date('2026-11-21T13:00:00Z');

function releaseWith(...events: ReleaseEvent[]): Release {
  const journal = journalText({ id: '20261121-120000-abcdef0', commit: 'abcdef0' });
  const lines = events.map((event) => formatRecord(event, AT)).join('');
  return foldRelease(parseJournal(journal + lines).records) as Release;
}

const READY = [state('holding'), weightSet(5)];

test.each<[string, ReleaseEvent[], number, string[]]>([
  ['a ready canary with users', READY, 100, []],
  [
    'one that got users by its steps',
    [
      { type: 'steps-begun', strategy: 'canary', steps: [{ weight: 5, for: 1 }] },
      { type: 'step-begun', index: 0, of: 1, step: { weight: 5, for: 1 }, counts: NO_COUNTS },
      weightSet(5),
      state('advancing'),
    ],
    10,
    [],
  ],
  ['one whose users came by rules', [state('holding')], 3, []],
  [
    'one that failed',
    [...READY, state('failed', 'it ended with exit code 1')],
    100,
    ['It has failed: it ended with exit code 1.'],
  ],
  [
    'one that was judged bad',
    [
      ...READY,
      { type: 'verdict-given', verdict: { result: 'fail', reasons: ['12 of 40 requests failed'] } },
    ],
    100,
    ['It was judged bad: 12 of 40 requests failed'],
  ],
  ['one without a user', [state('holding')], 0, ['It never had users.']],
  [
    'one that never was ready',
    [state('failed', 'not ready')],
    0,
    ['It has failed: not ready.', 'It was never ready for users.', 'It never had users.'],
  ],
])('%s', (_, events, requests, doubts) => {
  expect(doubtsAbout(releaseWith(...events), requests)).toEqual(doubts);
});

test('a promotion that has begun can always be finished', () => {
  const begun = { type: 'stable-replacing', from: 'a', commit: 'b', previous: [] } as const;
  expect(() => requireProven(releaseWith(begun, state('failed')), 0)).not.toThrow();
});

test('a canary without a branch is named by its images', () => {
  const images = [{ service: 'web', reference: 'reg/web:2', imageId: 'sha256:1' }];
  const source = { images, variables: {} };
  const release = { ...releaseWith(state('holding')), branch: '', source };
  expect(() => requireProven(release, 0)).toThrow(
    'The canary of web reg/web:2 is not promoted. It never had users.',
  );
});
