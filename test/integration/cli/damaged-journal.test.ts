import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  DAMAGES,
  expectNoMatter,
  expectToEnd,
  ID,
  shopWith,
  WAYS_OUT,
} from '../../support/damaged-journal.ts';
import { canary } from '../../support/fixture-cli.ts';

test.each([
  ['comparison-made', { comparison: {} }, 'comparison.from'],
  [
    'rehearsed',
    { report: { findings: [{}], allowed: [] }, isRefused: false },
    'report.findings.0.class',
  ],
  [
    'rehearsed',
    { report: { findings: [{ class: 'none', text: [] }], allowed: [] }, isRefused: false },
    'report.findings.0.text',
  ],
])('a %s record without what is shown of it is damaged: %j', async (type, fields, place) => {
  const record = JSON.stringify({ v: 1, at: '2026-11-21T12:00:01.000Z', type, ...fields });
  const shop = await shopWith((lines) => lines.with(2, record));
  for (const argv of [['history'], ['history', '--json']]) {
    const { stdout, stderr } = await canary(shop, argv);
    expect(stdout + stderr).not.toMatch(/This is a bug|"internal"/);
  }
  const { stderr } = await canary(shop, ['abort']);
  expect(stderr).toContain(`line 3 is no ${type} record: ${place} is not valid`);
});

// Each with every way out: test/long/releases/damaged-journal.test.ts.
describe('a damaged journal', () => {
  const [first] = DAMAGES;

  test.each(WAYS_OUT)('does not bar canary %s, which names it', (...argv) =>
    expectToEnd(first, argv),
  );

  test.each(DAMAGES.slice(1))('with %s does not bar canary abort', (...damage) =>
    expectToEnd(damage, ['abort']),
  );

  test('is no matter to status once nothing of it runs, and nothing goes on from it', () =>
    expectNoMatter(first));
});

describe('a journal without its first line', () => {
  const lost = (lines: string[]) => lines.slice(1);

  test.each(WAYS_OUT)('does not bar canary %s, which sets it aside', async (...argv) => {
    const shop = await shopWith(lost);
    const { stderr, exitCode } = await canary(shop, argv);
    expect(stderr).toContain(`${ID} cannot be read: no line begins it.`);
    expect(exitCode).toBe(0);
    expect(await readdir(join(shop, '.canary/releases'))).toEqual([`${ID}.jsonl.damaged`]);
    expect((await canary(shop, ['status'])).exitCode).toBe(0);
  });

  test('is named by status, instead of no release', async () => {
    const { stderr, exitCode } = await canary(await shopWith(lost), ['status']);
    expect(stderr).toContain(`${ID} cannot be read: no line begins it.`);
    expect(stderr).toContain('`canary abort` works without it');
    expect(exitCode).toBe(1);
  });
});

test('a last line that was cut off does not count', async () => {
  const shop = await shopWith((lines) => [...lines.slice(0, -1), '{"v":1,"at":']);
  expect((await canary(shop, ['abort'])).exitCode).toBe(0);
});
