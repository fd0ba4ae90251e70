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
/** The mended push: a file changed, one gone, one new. */
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

/** Production's folder whole, at a commit, and git knowing of it alone. */
async function expectAt(commit: string, others = ''): Promise<void> {
  expect(await git(folder, 'rev-parse', 'HEAD')).toBe(commit);
  expect(await git(folder, 'status', '--porcelain')).toBe(others);
  const listed = await git(source, 'worktree', 'list', '--porcelain');
  const paths = listed.split('\n').filter((line) => line.startsWith('worktree '));
  expect(paths).toEqual([`worktree ${source}`, `worktree ${folder}`]);
  expect(listed).not.toMatch(/^(prunable|locked)/m);
  expect(await readdir(join(source, '.git/canary'))).toEqual([]);
}

/** A refusal that names just these paths and left every byte. */
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

  test('leaves identical files alone: containers may have them mounted', async () => {
    await writeFiles(folder, FIRST);
    const before = await stat(join(folder, 'compose.yaml'));
    await checkOut(first);
    await expectAt(first);
    expect((await stat(join(folder, 'compose.yaml'))).ino).toBe(before.ino);
  });

  test('names every file with another content', async () => {
    await writeFiles(folder, { ...FIRST, 'compose.yaml': 'mine\n', 'app/old.py': 'mine\n' });
    await expectInTheWay(first, ['app/old.py', 'compose.yaml']);
    expect(await git(source, 'worktree', 'list')).not.toContain('\n');
  });

  test('takes no folder and no link away from where a file belongs', async () => {
    await writeFiles(folder, { 'compose.yaml/rows': 'mine\n' });
    await symlink(await emptyFolder(), join(folder, 'app'));
    await expectInTheWay(first, ['app/main.py', 'app/old.py', 'compose.yaml']);
  });

  test('is followed by another while nothing runs, but for what somebody changed', async () => {
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

describe('a first checkout that was cut', () => {
  test.each(['first', 'second'])(
    'with no file written yet is completed by the %s',
    async (which) => {
      await checkOut(first);
      for (const path of Object.keys(FIRST)) await rm(join(folder, path));
      await git(folder, 'read-tree', '--empty');
      const commit = which === 'first' ? first : second;
      await checkOut(commit);
      await expectAt(commit);
    },
  );

  test('before git knew where it is, is found again', async () => {
    await checkOut(first);
    const entry = await git(folder, 'rev-parse', '--path-format=absolute', '--git-dir');
    await writeFile(join(entry, 'gitdir'), `${join(source, '.git/canary/checkout/.git')}\n`);
    expect(await git(source, 'worktree', 'list', '--porcelain')).toContain('prunable');
    await checkOut(second);
    await expectAt(second);
  });

  test('before the folder belonged to it, leaves nothing that stops the next', async () => {
    const scratch = join(source, '.git/canary/checkout');
    await git(source, 'worktree', 'add', '--quiet', '--detach', '--lock', scratch, first);
    await checkOut(second);
    await expectAt(second);
  });

  test('in the middle of the files, is completed with files of both', async () => {
    await checkOut(first);
    await writeFiles(folder, { 'app/main.py': 'two\n' });
    await rm(join(folder, 'compose.yaml'));
    await git(folder, 'read-tree', second);
    await checkOut(second);
    await expectAt(second);
  });
});

describe('a repository whose own working tree production is', () => {
  const own = () => client.checkOutAround(folder, folder, second);

  beforeEach(async () => {
    await mkdir(folder, { recursive: true });
    await git(folder, 'init', '--quiet', '--initial-branch=main');
    await git(folder, 'fetch', '--quiet', source, `${second}:refs/keep/second`);
  });

  test('may have no commit yet, and makes no branch', async () => {
    await writeFiles(folder, { 'compose.yaml': FIRST['compose.yaml'] });
    await own();
    expect(await git(folder, 'rev-parse', 'HEAD')).toBe(second);
    expect(await git(folder, 'for-each-ref', 'refs/heads')).toBe('');
    expect(await git(folder, 'status', '--porcelain')).toBe('');
  });

  test('keeps the branch that is checked out where it is', async () => {
    await git(folder, 'fetch', '--quiet', source, `${first}:refs/heads/idea`);
    await git(folder, 'switch', '--quiet', 'idea');
    await own();
    expect(await git(folder, 'rev-parse', 'idea', 'HEAD')).toBe(`${first}\n${second}`);
    expect(await git(folder, 'status', '--porcelain')).toBe('');
  });
});
