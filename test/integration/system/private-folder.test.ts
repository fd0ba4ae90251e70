import { chmod, lstat, mkdir, readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test, vi } from 'vitest';
import { processHost } from '../../../src/system/host.ts';
import { makePrivateFolder } from '../../../src/system/state/private-folder.ts';
import { emptyFolder, writeFiles } from '../../support/fixture-project.ts';

const HOME = `canary-${process.getuid?.()}`;

/** As a killed process of this host would have named its folder. */
const OF_THE_DEAD = `${processHost()}-4194304-1-abc`;

/** An empty folder in place of the shared temporary one. */
async function sharedFolder(): Promise<string> {
  const folder = await emptyFolder();
  vi.stubEnv('TMPDIR', folder);
  onTestFinished(() => void vi.unstubAllEnvs());
  return folder;
}

const make = () => makePrivateFolder(new AbortController().signal);

test('a private folder is in one that only its user can enter, and takes away what killed processes left', async () => {
  const shared = await sharedFolder();
  await mkdir(join(shared, HOME), { mode: 0o700 });
  await writeFiles(join(shared, HOME), { [`${OF_THE_DEAD}/copy`]: 'secret' });
  const made = await make();
  expect(await readdir(shared)).toEqual([HOME]);
  expect((await lstat(join(shared, HOME))).mode & 0o777).toBe(0o700);
  expect(await readdir(join(shared, HOME))).toHaveLength(1);
  await made.remove();
  expect(await readdir(join(shared, HOME))).toEqual([]);
});

test('nothing in the shared folder itself is deleted, because others can change it meanwhile', async () => {
  const shared = await sharedFolder();
  await writeFiles(shared, { [`canary-private-${OF_THE_DEAD}/photos/cat.jpg`]: 'meow' });
  await (await make()).remove();
  expect(await readdir(join(shared, `canary-private-${OF_THE_DEAD}`, 'photos'))).toHaveLength(1);
});

test.each([
  ['a link', (home: string, victim: string) => symlink(victim, home)],
  ['open to others', (home: string) => mkdir(home).then(() => chmod(home, 0o777))],
])('a parent that is %s is not used', async (_, occupy) => {
  const victim = await emptyFolder();
  const shared = await sharedFolder();
  await occupy(join(shared, HOME), victim);
  await writeFiles(join(shared, HOME), { [`${OF_THE_DEAD}/cat.jpg`]: 'meow' });
  const made = await make();
  expect(made.path.startsWith(`${shared}/canary-private-`)).toBe(true);
  expect(await readdir(join(shared, HOME))).toEqual([OF_THE_DEAD]);
  await made.remove();
  expect(await readdir(shared)).toEqual([HOME]);
});
