import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createGzip, gunzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  freeBytes,
  mayReplace,
  replaceInPlace,
  streamDurably,
  temporaryName,
  writeDurably,
  writeEvenIfFull,
} from '../../../src/system/files.ts';
import { emptyFolder } from '../../support/fixture-project.ts';

const run = promisify(execFile);

/** A disk of 16 KB. */
async function smallDisk(): Promise<string> {
  const disk = await emptyFolder();
  await run('mount', ['-t', 'tmpfs', '-o', 'size=16k', 'canary-test', disk]);
  onTestFinished(async () => void (await run('umount', [disk])));
  return disk;
}

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

test('the file of a stream is open before its content is asked for', async () => {
  const folder = await emptyFolder();
  let seen: readonly string[] | undefined;
  async function* content() {
    seen ??= readdirSync(folder);
    yield* chunks('text');
  }
  await streamDurably(join(folder, 'a.gz'), content(), createGzip());
  // One that opens later does so after what broke has been cleared away, once in some hundred times.
  expect(seen).toEqual(['a.gz.tmp']);
});

test('free space is read from the disk of a folder', async () => {
  expect(await freeBytes(await emptyFolder())).toBeGreaterThan(0);
  await expect(freeBytes('/no/such/folder')).rejects.toThrow('ENOENT');
});

test('a link under the temporary name of a file is replaced, not followed', async () => {
  const folder = await emptyFolder();
  const [path, victim] = [join(folder, 'file'), join(folder, 'victim')];
  await writeFile(victim, 'mine');
  await symlink(victim, temporaryName(path));
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

describe.skipIf(process.getuid?.() !== 0)('on a disk of its own', () => {
  test('that is full, a short text goes over the old one in its place, and nothing else is left', async () => {
    const disk = await smallDisk();
    const path = join(disk, 'map');
    await writeDurably(path, 'weight 5000\nuntil 1790000000\n');
    await writeFile(join(disk, 'rest'), 'x'.repeat(20_000)).catch(() => undefined);
    await expect(writeDurably(path, 'weight 0\n')).rejects.toThrow('ENOSPC');
    await writeEvenIfFull(path, 'weight -1\nuntil 0\n');
    expect((await readFile(path, 'utf8')).trimEnd()).toBe('weight -1\nuntil 0');
    await expect(writeEvenIfFull(path, 'x'.repeat(5000))).rejects.toThrow('ENOSPC');
    await expect(writeEvenIfFull(join(disk, 'new'), 'x')).rejects.toThrow('ENOSPC');
    expect((await readdir(disk)).sort()).toEqual(['map', 'rest']);
  });

  test('a file of the user that is a mount of its own is written over, as a whole or not at all', async () => {
    const disk = await smallDisk();
    const [outside, inside] = [join(disk, 'outside'), join(await emptyFolder(), '.env')];
    await writeFile(outside, 'A=1\nB=2', { mode: 0o640 });
    await writeFile(inside, '');
    await run('mount', ['--bind', outside, inside]);
    onTestFinished(async () => void (await run('umount', [inside])));
    for (const text of ['A=1.10.3\nB=2', 'A=1\nB=2']) {
      await replaceInPlace(inside, text);
      expect(await readFile(outside, 'utf8')).toBe(text);
      expect((await stat(outside)).mode & 0o777).toBe(0o640);
    }
    expect(await readdir(join(inside, '..'))).toEqual(['.env']);
    await expect(replaceInPlace(inside, 'x'.repeat(20_000))).rejects.toThrow('ENOSPC');
    expect(await readFile(outside, 'utf8')).toBe('A=1\nB=2');
  });

  // Permissions would not do: root writes to every file.
  test('that is read-only, a file of the user may not be replaced', async () => {
    const disk = await smallDisk();
    const file = join(disk, '.env');
    await writeFile(file, 'A=1\n');
    expect(await mayReplace(file)).toBe(true);
    await run('mount', ['-o', 'remount,ro', disk]);
    expect(await mayReplace(file)).toBe(false);
    expect(await mayReplace(join(disk, 'missing'))).toBe(false);
  });
});

test('a file that containers mount alone stays the same file', async () => {
  const file = join(await emptyFolder(), '.env');
  await replaceInPlace(file, 'A=1\n', { isMounted: true });
  const { ino } = await stat(file);
  await replaceInPlace(file, 'A=10\n', { isMounted: true });
  expect(await readFile(file, 'utf8')).toBe('A=10\n');
  expect((await stat(file)).ino).toBe(ino);
});

describe('a file of the user may be replaced', () => {
  test('if it is a plain one or missing', async () => {
    const folder = await emptyFolder();
    const file = join(folder, '.env');
    expect(await mayReplace(file)).toBe(true);
    await writeFile(file, 'A=1\n');
    expect(await mayReplace(file)).toBe(true);
    expect(await mayReplace(folder)).toBe(false);
    expect(await mayReplace(join(folder, 'missing', '.env'))).toBe(false);
    await symlink(file, join(folder, 'link'));
    expect(await mayReplace(join(folder, 'link'))).toBe(false);
  });
});
