import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Finding } from '../../../src/database/finding.ts';
import { CLASSES } from '../../../src/database/finding-class.ts';
import {
  formatReleaseRecord,
  parseReleaseRecord,
  type ReleaseRecord,
  recordOf,
} from '../../../src/git/release-record.ts';
import { NO_COUNTS } from '../../../src/proxy/counts.ts';
import { RELEASE_STATES } from '../../../src/rollout/events.ts';
import type { Release } from '../../../src/rollout/release.ts';
import { VERDICTS } from '../../../src/rollout/verdict.ts';
import { NEW, OLD } from '../../support/fixture-observed.ts';

const AT = '2026-11-21T12:42:47.000Z';

const RECORD: ReleaseRecord = {
  id: '20261121-124247-aaaaaaa',
  project: 'shop',
  branch: 'canary',
  commit: NEW,
  subject: 'Improve naming: coupon',
  services: ['frontend', 'discounts'],
  images: [
    { service: 'frontend', image: 'shop-frontend:canary-aaaaaaaaaaaa', imageId: 'sha256:1' },
    { service: 'discounts', image: 'shop-discounts:canary-aaaaaaaaaaaa', imageId: 'sha256:2' },
  ],
  pulled: [
    { service: 'frontend', reference: 'acme/frontend:2', digest: 'sha256:3' },
    { service: 'discounts', reference: 'acme/discounts:2', digest: null },
  ],
  weights: [
    { weight: 0, at: AT },
    { weight: 12.5, at: '2026-11-21T12:43:00.000Z' },
  ],
  state: 'promoted',
  reason: 'the stable runs aaaaaaaaaaaa',
  verdict: null,
  rehearsal: null,
  comparison: null,
  startedAt: AT,
  endedAt: '2026-11-21T13:00:00.000Z',
  promotedCommit: NEW,
};

const SIDE = { requests: 5, share: 50, failures: 1, shielded: 0, failureRate: 20, responseTime: 3 };
const COMPARISON = { from: AT, to: AT, stable: SIDE, canary: { ...SIDE, failureRate: null } };

test('a release as it appears in git', () => {
  expect(formatReleaseRecord(RECORD)).toBe(`Release 20261121-124247-aaaaaaa: promoted

Improve naming: coupon

Project: shop
Branch: canary
Commit: ${NEW}
Services: frontend, discounts
Image: frontend shop-frontend:canary-aaaaaaaaaaaa sha256:1
Image: discounts shop-discounts:canary-aaaaaaaaaaaa sha256:2
Pulled: frontend acme/frontend:2 sha256:3
Pulled: discounts acme/discounts:2
Weight: 0 2026-11-21T12:42:47.000Z
Weight: 12.5 2026-11-21T12:43:00.000Z
State: promoted
Reason: the stable runs aaaaaaaaaaaa
Verdict: none
Started: 2026-11-21T12:42:47.000Z
Ended: 2026-11-21T13:00:00.000Z
Promoted-Commit: ${NEW}
`);
});

test('events that have not happened yet are left out', () => {
  const text = formatReleaseRecord({ ...RECORD, endedAt: null, promotedCommit: null, images: [] });
  expect(text).not.toMatch(/^(Ended|Promoted-Commit|Image):/m);
});

const text = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.constantFrom(
    'x\nState: promoted',
    'x\r\n\r\nState: promoted\r\nCommit: 0',
    'a\u2028Commit: 1\u0085b',
    'Reason: y',
    '\u001b[31mred',
    '',
    '\n\n',
  ),
);
const name = fc.stringMatching(/^[a-zA-Z0-9._-]{1,12}$/);
const at = fc
  .date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true })
  .map((date) => date.toISOString());
const finding: fc.Arbitrary<Finding> = fc.record(
  {
    class: fc.constantFrom(...CLASSES),
    kind: name,
    object: text,
    database: name,
    text,
    statement: text,
    service: name,
  },
  { requiredKeys: ['class', 'kind', 'object', 'database', 'text'] },
);
const release: fc.Arbitrary<Release> = fc.record({
  id: name,
  project: name,
  branch: name,
  commit: fc.constantFrom(NEW, OLD),
  subject: text,
  services: fc.array(name),
  images: fc.array(fc.record({ service: name, image: name, imageId: name })),
  weights: fc.array(fc.record({ weight: fc.nat(10_000).map((each) => each / 100), at })),
  state: fc.constantFrom(...RELEASE_STATES),
  reason: text,
  failure: fc.option(text, { nil: undefined }),
  weight: fc.constant(0),
  pausedWeight: fc.constant(undefined),
  progress: fc.constant(undefined),
  verdict: fc.option(
    fc.record({
      result: fc.constantFrom(...VERDICTS),
      reasons: fc.array(text, { maxLength: 3 }),
    }),
    { nil: undefined },
  ),
  migration: fc.constant(undefined),
  rehearsal: fc.option(
    fc.record({
      report: fc.record({
        databases: fc.constant([]),
        findings: fc.array(finding, { maxLength: 3 }),
        allowed: fc.array(text, { maxLength: 2 }),
        unrehearsed: fc.constant([]),
        ms: fc.nat(),
      }),
      isRefused: fc.boolean(),
    }),
    { nil: undefined },
  ),
  backups: fc.constant([]),
  hasBooted: fc.boolean(),
  comparison: fc.option(fc.constant(COMPARISON), { nil: undefined }),
  wasReady: fc.boolean(),
  wasReplaced: fc.boolean(),
  startedAt: at,
  updatedAt: at,
  endedAt: fc.option(at, { nil: undefined }),
  countsAtStart: fc.constant(NO_COUNTS),
  countsAtWeight: fc.constant(NO_COUNTS),
  replacing: fc.constant(undefined),
  before: fc.constant(undefined),
  promotedCommit: fc.option(fc.constant(NEW), { nil: undefined }),
});

test('a record is read back as written, whatever its text', () => {
  fc.assert(
    fc.property(release, (each) => {
      const record = recordOf(each);
      expect(parseReleaseRecord(formatReleaseRecord(record))).toEqual(record);
    }),
    { numRuns: 500 },
  );
});

test('no subject and no reason can forge a trailer', () => {
  fc.assert(
    fc.property(text, text, (subject, reason) => {
      const told = formatReleaseRecord({ ...RECORD, subject, reason });
      const keys = (all: string) =>
        all
          .split('\n\n')
          .at(-1)
          ?.split('\n')
          .map((line) => line.split(':')[0]);
      expect(keys(told)).toEqual(keys(formatReleaseRecord(RECORD)));
      expect(parseReleaseRecord(told)).toMatchObject({ state: 'promoted', commit: NEW });
      expect(told.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Zl}\p{Zp}]/u);
    }),
  );
});

test.each([
  ['a tag of somebody else', 'v1.0\n\nThe first.\n'],
  ['a message that only looks like one', 'Release 1: promoted\n\nHurray.\n'],
  [
    'a state of a newer program',
    formatReleaseRecord(RECORD).replace('State: promoted', 'State: x'),
  ],
  ['nothing', ''],
])('%s is not a record', (_, message) => {
  expect(parseReleaseRecord(message)).toBeUndefined();
});
