import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { git as client } from '../../../src/system/git/git.ts';
import {
  emptyFolder,
  fingerprint,
  git,
  repository,
  writeFiles,
} from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const FIRST = { 'compose.yaml': 'services: {}\n', 'app/main.py': 'one\n', 'app/old.py': 'old\n' };

let source: string;
let first: string;
/** The fixed push: one file changed, one removed, one new. */
let second: string;
let folder: string;

beforeEach(async () => {
  source = await repository(FIRST);
  first = await git(source, 'rev-parse', 'HEAD');
  await git(source, 'rm', '--quiet', 'app/old.py');
  await writeFiles(source, { 'app/main.py': 'two\n', 'new.txt': 'new\n' });
  await git(source, 'add', '--all');
  await git(source, 'commit', '--quiet', '--message', 'Mend it');
  second = await git(source, 'rev-parse', 'HEAD');
  folder = join(await emptyFolder(), 'läden 1', 'shop');
});

const checkOut = (commit: string) => client.checkOutAround(source, folder, commit);
const textOf = (path: string) => readFile(join(folder, path), 'utf8');

/** Production's folder is complete, at a commit, and git knows only this worktree. */
async function expectAt(commit: string, others = ''): Promise<void> {
  expect(await git(folder, 'rev-parse', 'HEAD')).toBe(commit);
  expect(await git(folder, 'status', '--porcelain')).toBe(others);
  const listed = await git(source, 'worktree', 'list', '--porcelain');
  const paths = listed.split('\n').filter((line) => line.startsWith('worktree '));
  expect(paths).toEqual([`worktree ${source}`, `worktree ${folder}`]);
  expect(listed).not.toMatch(/^(prunable|locked)/m);
  expect(await readdir(join(source, '.git/canary'))).toEqual([]);
}

/** A rejection that names exactly these paths and left every byte. */
async function expectInTheWay(commit: string, paths: readonly string[]): Promise<void> {
  const before = await fingerprint(folder);
  const known = await git(source, 'worktree', 'list');
  const error = await refusal(() => checkOut(commit));
  expect(error).toMatchObject({ code: 'local-changes-in-the-way', details: paths });
  expect(error.hint).toContain('Move them away');
  expect(await fingerprint(folder)).toEqual(before);
  expect(await git(source, 'worktree', 'list')).toBe(known);
}

describe('the first checkout of production', () => {
  test('keeps what git does not track and writes what is missing', async () => {
    await writeFiles(folder, { '.env': 'SECRET=1\n', 'data/rows': 'rows\n' });
    await checkOut(first);
    expect(await textOf('.env')).toBe('SECRET=1\n');
    await expectAt(first, '?? .env\n?? data/');
  });

  test('leaves identical files alone, because containers may mount them', async () => {
    await writeFiles(folder, FIRST);
    const before = await stat(join(folder, 'compose.yaml'));
    await checkOut(first);
    await expectAt(first);
    expect((await stat(join(folder, 'compose.yaml'))).ino).toBe(before.ino);
  });

  test('names every file with different content', async () => {
    await writeFiles(folder, { ...FIRST, 'compose.yaml': 'mine\n', 'app/old.py': 'mine\n' });
    await expectInTheWay(first, ['app/old.py', 'compose.yaml']);
    expect(await git(source, 'worktree', 'list')).not.toContain('\n');
  });

  test('removes no folder and no link in the place of a file', async () => {
    await writeFiles(folder, { 'compose.yaml/rows': 'mine\n' });
    await symlink(await emptyFolder(), join(folder, 'app'));
    await expectInTheWay(first, ['app/main.py', 'app/old.py', 'compose.yaml']);
  });

  test('can be replaced by another, except for files that someone changed', async () => {
    await checkOut(first);
    await writeFile(join(folder, 'app/main.py'), 'mine\n');
    await writeFile(join(folder, 'app/old.py'), 'mine\n');
    await expectInTheWay(second, ['app/main.py', 'app/old.py']);
    await writeFiles(folder, FIRST);
    await checkOut(second);
    expect(await readdir(join(folder, 'app'))).toEqual(['main.py']);
    await expectAt(second);
  });
});

describe('an interrupted first checkout', () => {
  test.each(['first', 'second'])(
    'without any file written is completed by the %s',
    async (which) => {
      await checkOut(first);
      for (const path of Object.keys(FIRST)) await rm(join(folder, path));
      await git(folder, 'read-tree', '--empty');
      const commit = which === 'first' ? first : second;
      await checkOut(commit);
      await expectAt(commit);
    },
  );

  test('whose path git does not know yet is found', async () => {
    await checkOut(first);
    const entry = await git(folder, 'rev-parse', '--path-format=absolute', '--git-dir');
    await writeFile(join(entry, 'gitdir'), `${join(source, '.git/canary/checkout/.git')}\n`);
    expect(await git(source, 'worktree', 'list', '--porcelain')).toContain('prunable');
    await checkOut(second);
    await expectAt(second);
  });

  test('whose folder does not belong to it yet does not stop the next one', async () => {
    const scratch = join(source, '.git/canary/checkout');
    await git(source, 'worktree', 'add', '--quiet', '--detach', '--lock', scratch, first);
    await checkOut(second);
    await expectAt(second);
  });

  test('among the files is completed by the next one', async () => {
    await checkOut(first);
    await writeFiles(folder, { 'app/main.py': 'two\n' });
    await rm(join(folder, 'compose.yaml'));
    await git(folder, 'read-tree', second);
    await checkOut(second);
    await expectAt(second);
  });
});

describe('a repository whose working tree is production', () => {
  const own = () => client.checkOutAround(folder, folder, second);

  beforeEach(async () => {
    await mkdir(folder, { recursive: true });
    await git(folder, 'init', '--quiet', '--initial-branch=main');
    await git(folder, 'fetch', '--quiet', source, `${second}:refs/keep/second`);
  });

  test('may have no commit yet, and gets no branch', async () => {
    await writeFiles(folder, { 'compose.yaml': FIRST['compose.yaml'] });
    await own();
    expect(await git(folder, 'rev-parse', 'HEAD')).toBe(second);
    expect(await git(folder, 'for-each-ref', 'refs/heads')).toBe('');
    expect(await git(folder, 'status', '--porcelain')).toBe('');
  });

  test('keeps the checked-out branch where it is', async () => {
    await git(folder, 'fetch', '--quiet', source, `${first}:refs/heads/idea`);
    await git(folder, 'switch', '--quiet', 'idea');
    await own();
    expect(await git(folder, 'rev-parse', 'idea', 'HEAD')).toBe(`${first}\n${second}`);
    expect(await git(folder, 'status', '--porcelain')).toBe('');
  });
});
