import { mkdir, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { byWeight, OFF, splitFile } from '../../../src/proxy/weight-map.ts';
import {
  DAMAGES,
  expectNoMatter,
  expectToEnd,
  ID,
  shopWith,
  WAYS_OUT,
} from '../../support/damaged-journal.ts';
import { canary } from '../../support/fixture-cli.ts';
import { writeFiles } from '../../support/fixture-project.ts';

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

describe('a folder in the place of a journal', () => {
  const shopWithFolder = async () => {
    const shop = await shopWith((lines) => lines);
    const path = join(shop, `.canary/releases/${ID}.jsonl`);
    await rm(path);
    await mkdir(path);
    return shop;
  };

  test.each(WAYS_OUT)('does not bar canary %s, which sets it aside', async (...argv) => {
    const shop = await shopWithFolder();
    const { stderr, exitCode } = await canary(shop, argv);
    expect(stderr).toContain(`${ID} cannot be read: EISDIR`);
    expect(exitCode).toBe(0);
    expect(await readdir(join(shop, '.canary/releases'))).toEqual([`${ID}.jsonl.damaged`]);
  });

  test('does not hide the other releases', async () => {
    const { stderr, exitCode } = await canary(await shopWithFolder(), ['history']);
    expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  });
});

describe('users leave the canary', () => {
  const weightsOf = async (shop: string) =>
    readFile(join(shop, '.canary/proxy/weights.map'), 'utf8');
  const shopAtHalf = async (damage: Parameters<typeof shopWith>[0]) => {
    const shop = await shopWith(damage);
    await writeFiles(shop, { '.canary/proxy/weights.map': splitFile(byWeight(50)) });
    return shop;
  };

  test.each([['pause'], ['weight', '0'], ['abort']])(
    'by canary %s, although the compose file is broken',
    async (...argv) => {
      const shop = await shopAtHalf((lines) => lines);
      await writeFiles(shop, { 'docker-compose.yml': 'services: [' });
      const { stderr } = await canary(shop, argv);
      expect(stderr).toContain('Compose refuses the compose file');
      expect(await weightsOf(shop)).toBe(splitFile(OFF));
    },
  );

  test.each([['pause'], ['weight', '0'], ['abort']])(
    'by canary %s, although the compose file is gone',
    async (...argv) => {
      const shop = await shopAtHalf((lines) => lines);
      await rm(join(shop, 'docker-compose.yml'));
      const { stderr } = await canary(shop, argv);
      expect(stderr).toContain('No compose file in');
      expect(await weightsOf(shop)).toBe(splitFile(OFF));
    },
  );
});

test('a last line that was cut off does not count', async () => {
  const shop = await shopWith((lines) => [...lines.slice(0, -1), '{"v":1,"at":']);
  expect((await canary(shop, ['abort'])).exitCode).toBe(0);
});
