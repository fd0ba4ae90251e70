import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import type { HistoryEntry } from '../../../src/documents/history.ts';
import { RELEASE_STATES } from '../../../src/rollout/events.ts';
import { historyText } from '../../../src/ui/history-view.ts';
import { makeTheme } from '../../../src/ui/theme.ts';
import { NEW } from '../../support/fixture-observed.ts';

const entry = (rest: Partial<HistoryEntry> = {}): HistoryEntry => ({
  id: 'r1',
  branch: 'canary',
  commit: NEW,
  project: 'shop',
  subject: 'Make it cheaper',
  services: ['web'],
  images: [],
  pulled: [],
  weights: [],
  state: 'paused',
  reason: 'paused by hand',
  verdict: null,
  rehearsal: null,
  startedAt: '2026-11-21T12:42:47.000Z',
  endedAt: null,
  promotedCommit: null,
  source: 'journal',
  comparison: null,
  backups: [],
  ...rest,
});

test('shows the highest weight, not the last', () => {
  const weights = [1, 25, 0].map((weight) => ({ weight, at: '' }));
  expect(historyText([entry({ weights })], makeTheme(false))).toBe(
    '2026-11-21 12:42Z  r1  canary  aaaaaaaaaaaa  ‖ paused  25 %  Make it cheaper',
  );
});

test('shows an A/B test with its comparison', () => {
  const side = { requests: 5, share: 50, failures: 1, shielded: 0, failureRate: 20 };
  const times = { from: '2026-11-21T12:00:00.000Z', to: '2026-11-21T13:00:00.000Z' };
  const one = { ...side, responseTime: null };
  const comparison = { ...times, stable: { ...one, failureRate: 0 }, canary: one };
  const [, line] = historyText([entry({ comparison }), entry()], makeTheme(false)).split('\n');
  expect(line).toBe(
    '  In 1h the canary failed 20 % of its 5 requests, the stable 0 % of its 5 requests; whether the difference is chance is not judged.',
  );
});

test('shows backups with the command that restores them, and the consequence', () => {
  const command = 'gunzip -c db.sql.gz | docker compose -p shop exec -T db psql';
  const file = 'db.sql.gz';
  const tables = ['discount', 'orders'];
  const backups = [{ service: 'db', tables, bytes: 12_345, file, command }];
  const [, ...lines] = historyText([entry({ backups })], makeTheme(false)).split('\n');
  expect(lines).toEqual([
    '  Kept: discount, orders of db as it was before (12 kB). To restore them, without anything written since (remove the canary first):',
    `    ${command}`,
  ]);
});

test('colours do not move the columns', () => {
  const entries = RELEASE_STATES.map((state) => entry({ state }));
  const shown = historyText(entries, makeTheme(true));
  expect(shown).toContain('\u001b[32m✔ promoted\u001b[39m');
  expect(stripVTControlCharacters(shown)).toBe(historyText(entries, makeTheme(false)));
});

test('says of a release that only git knows whether it may have gone on', () => {
  const told = (state: HistoryEntry['state']) =>
    historyText([entry({ source: 'git', state })], makeTheme(false));
  expect(told('reverted')).toContain('(known from git only)');
  expect(told('holding')).toContain('(its last state that git knows)');
});
