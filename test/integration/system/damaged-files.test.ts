import { readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { systemClock } from '../../../src/system/clock.ts';
import { rollBack } from '../../../src/system/sqlite/rollback-journal.ts';
import { FileLock } from '../../../src/system/state/lock.ts';
import { canary } from '../../support/fixture-cli.ts';
import { emptyFolder, git, repository } from '../../support/fixture-project.ts';

test.each(['{}', '[]', 'null', '{"host":"other"}', '{"pid":1,"host":7}', 'x'])(
  'a lock file with %s holds nothing',
  async (text) => {
    const path = join(await emptyFolder(), 'lock.json');
    await writeFile(path, text);
    const lock = new FileLock(path, systemClock);
    expect(await lock.holder()).toBeUndefined();
    await (await lock.acquire('deploy'))();
  },
);

test.each([
  [1, 2 ** 31],
  [1, 3000],
  [1, 2 ** 17],
  [1, 1],
  // More than there ever was.
  [2 ** 32 - 1, 65_536],
  [3, 512],
])('a journal of %i pages with %i bytes is none', async (pages, size) => {
  const path = join(await emptyFolder(), 'x.db');
  await writeFile(path, 'the database');
  const header = Buffer.alloc(1024);
  header.write('d9d505f920a163d7', 0, 'hex');
  for (const [index, value] of [1, 0, pages, 512, size].entries())
    header.writeUInt32BE(value, 8 + 4 * index);
  await writeFile(`${path}-journal`, header);
  await rollBack(path);
  expect(await readFile(path, 'utf8')).toMatch(/^the database/);
  expect((await stat(path)).size).toBeLessThan(1024);
});

test('a record of a release that anyone pushed does not hide the others', async () => {
  const folder = await repository();
  const commit = await git(folder, 'rev-parse', 'HEAD');
  const record = (id: string, rest: string) =>
    `Release ${id}: promoted\n\nA\n\nProject: shop\nBranch: next\nCommit: ${commit}\nState: promoted\n${rest}`;
  const records = {
    good: 'Started: 2026-01-01T00:00:00.000Z\n',
    time: 'Started: yesterday\n',
    weight: 'Started: 2026-01-01T00:00:00.000Z\nWeight: x y\n',
    parts: 'Started: 2026-01-01T00:00:00.000Z\nRehearsal: {"findings":1}\nComparison: {}\n',
  };
  for (const [id, rest] of Object.entries(records)) {
    await git(folder, 'tag', '-a', '-m', record(id, rest), id, commit);
    await git(
      folder,
      'update-ref',
      `refs/canary/releases/${id}`,
      await git(folder, 'rev-parse', id),
    );
  }
  const { stdout, exitCode } = await canary(folder, ['history', '--json']);
  expect(exitCode).toBe(0);
  const ids = JSON.parse(stdout).releases.map(({ id }: { id: string }) => id);
  expect(ids.sort()).toEqual(['good', 'parts', 'weight']);
  expect((await canary(folder, ['history'])).exitCode).toBe(0);
});

test.each([[['-C', '/etc/passwd', 'history']], [['--config', '/', 'plan']], [['apply', '/']]])(
  'a folder in place of a file, or the reverse, is not a bug: %j',
  async (args) => {
    const { stderr } = await canary(await repository(), args);
    expect(stderr).not.toContain('This is a bug');
  },
);
