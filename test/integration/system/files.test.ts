import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createGzip, gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { freeBytes, streamDurably, writeDurably } from '../../../src/system/files.ts';
import { emptyFolder } from '../../support/fixture-project.ts';

async function* chunks(...texts: readonly string[]) {
  for (const text of texts) yield Buffer.from(text);
}

test('a stream is written to a file that only its owner can read', async () => {
  const folder = await emptyFolder();
  const path = join(folder, 'a.gz');
  const size = await streamDurably(path, chunks('one\n', 'two\n'), createGzip());
  const { mode, size: real } = await stat(path);
  expect({ mode: mode & 0o777, size: real }).toEqual({ mode: 0o600, size });
  expect(gunzipSync(await readFile(path)).toString()).toBe('one\ntwo\n');
  expect(await readdir(folder)).toEqual(['a.gz']);
});

test('a broken stream leaves nothing, and keeps an earlier file', async () => {
  const folder = await emptyFolder();
  const path = join(folder, 'a.gz');
  async function* broken() {
    yield* chunks('half');
    throw new Error('no more');
  }
  const write = () => streamDurably(path, broken(), createGzip());
  await expect(write()).rejects.toThrow('no more');
  expect(await readdir(folder)).toEqual([]);
  await writeFile(path, 'earlier');
  // What a killed process has left.
  await writeFile(`${path}.tmp`, 'half', { mode: 0o644 });
  await expect(write()).rejects.toThrow('no more');
  expect(await readdir(folder)).toEqual(['a.gz']);
  expect(await readFile(path, 'utf8')).toBe('earlier');
});

test('free space is read from the disk of a folder', async () => {
  expect(await freeBytes(await emptyFolder())).toBeGreaterThan(0);
  await expect(freeBytes('/no/such/folder')).rejects.toThrow('ENOENT');
});

test('a link under the temporary name of a file is replaced, not followed', async () => {
  const folder = await emptyFolder();
  const [path, victim] = [join(folder, 'file'), join(folder, 'victim')];
  await writeFile(victim, 'mine');
  await symlink(victim, `${path}.${process.pid}.tmp`);
  await writeDurably(path, 'new');
  expect(await readFile(victim, 'utf8')).toBe('mine');
  expect(await readFile(path, 'utf8')).toBe('new');
});

test('a write that fails leaves no temporary file', async () => {
  const folder = await emptyFolder();
  // A folder cannot be replaced by a file.
  await mkdir(join(folder, 'file', 'full'), { recursive: true });
  await expect(writeDurably(join(folder, 'file'), 'new')).rejects.toThrow();
  expect(await readdir(folder)).toEqual(['file']);
});
