import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { canary } from '../../support/fixture-cli.ts';
import {
  branch,
  COMPOSE,
  repository,
  SHOP_FILES,
  writeFiles,
} from '../../support/fixture-project.ts';
import { journalText, state, weightSet } from '../../support/fixture-release.ts';

const ID = '20261121-120000-abcdef0';
const JOURNAL = `.canary/releases/${ID}.jsonl`;

/** A shop whose release holds at 50 %, with a journal in which `damage` changed the lines. */
async function shopWith(damage: (lines: string[]) => string[]): Promise<string> {
  const compose = COMPOSE.replace('name: shop', 'name: canary-damaged');
  const shop = await repository({ ...SHOP_FILES, 'docker-compose.yml': compose });
  const commit = await branch(shop, 'canary', { 'frontend/new': 'new\n' });
  const created = { id: ID, commit, project: 'canary-damaged' };
  const text = journalText(created, state('building'), weightSet(50), state('holding'));
  await writeFiles(shop, { [JOURNAL]: damage(text.split('\n')).join('\n') });
  return shop;
}

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

const WAYS_OUT = [['abort'], ['revert'], ['down', '--yes']];

describe.each([
  ['a damaged line', (lines: string[]) => lines.with(1, 'null'), 'line 2 is not a journal record'],
  [
    'a line of zeros, as a power cut leaves',
    (lines: string[]) => lines.with(2, '\0'.repeat(40)),
    'line 3 is not a journal record',
  ],
  [
    'a value that no command writes',
    (lines: string[]) => lines.with(2, lines[2]?.replace('50', '"half"') ?? ''),
    'line 3 is no weight-set record: weight is not valid',
  ],
])('a journal with %s', (_, damage, problem) => {
  test.each(WAYS_OUT)('does not bar canary %s, which names it', async (...argv) => {
    const shop = await shopWith(damage);
    const { stderr, exitCode } = await canary(shop, argv);
    expect(stderr).toContain(`${ID} cannot be read: ${problem}.`);
    expect(exitCode).toBe(0);
    const last = (await readFile(join(shop, JOURNAL), 'utf8')).trimEnd().split('\n').at(-1) ?? '';
    expect(JSON.parse(last)).toMatchObject({
      state: argv[0] === 'revert' ? 'reverted' : 'removed',
    });
    // What has ended bars no later command.
    expect((await canary(shop, ['status'])).exitCode).toBe(0);
  });

  test('is no matter to status once nothing of it runs, and nothing goes on from it', async () => {
    const shop = await shopWith(damage);
    const { stdout, stderr } = await canary(shop, ['status', '--json']);
    expect(stderr).toBe('');
    expect(JSON.parse(stdout).release).toBeNull();
    const waited = await canary(shop, ['wait', '--for', 'holding']);
    expect(waited.stderr).toContain(problem);
    expect(waited.exitCode).toBe(1);
  });
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
