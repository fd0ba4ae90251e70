import { chmod, mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { git as client } from '../../../src/system/git/git.ts';
import { branch, emptyFolder, git, repository, writeFiles } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

let folder: string;
let main: string;

beforeEach(async () => {
  folder = await repository({ 'price.txt': 'one\n', 'odd *[name].txt': 'x\n' });
  main = await git(folder, 'rev-parse', 'main');
});

/** A worktree of a commit outside of the repository. */
async function tree(commit: string): Promise<string> {
  const path = join(await emptyFolder(), 'tree');
  await client.addWorktree(folder, path, commit);
  return path;
}

test('a file of a commit is read to its last byte, for it may be written back', async () => {
  const commit = await branch(folder, 'ends', { 'a.txt': 'a\n\n', 'b.txt': 'b' });
  expect(await client.fileAt(folder, commit, 'a.txt')).toBe('a\n\n');
  expect(await client.fileAt(folder, commit, 'b.txt')).toBe('b');
  expect(await client.fileAt(folder, commit, 'c.txt')).toBeUndefined();
});

describe('a merge', () => {
  test('without conflicts is a commit with both parents', async () => {
    const [left, right] = [
      await branch(folder, 'left', { 'left.txt': 'l\n' }),
      await branch(folder, 'right', { 'right.txt': 'r\n' }),
    ];
    const path = await tree(left);
    expect(await client.merge(path, right, 'Both')).toEqual([]);
    expect(await git(path, 'log', '-1', '--format=%P %s')).toBe(`${left} ${right} Both`);
  });

  test('in conflict names the paths and leaves the tree unchanged', async () => {
    const [left, right] = [
      await branch(folder, 'left', { 'price.txt': 'l\n', 'odd *[name].txt': 'l\n' }),
      await branch(folder, 'right', { 'price.txt': 'r\n', 'odd *[name].txt': 'r\n' }),
    ];
    const path = await tree(left);
    expect(await client.merge(path, right, 'Both')).toEqual(['odd *[name].txt', 'price.txt']);
    expect(await git(path, 'status', '--porcelain')).toBe('');
    expect(await git(path, 'rev-parse', 'HEAD')).toBe(left);
  });
});

describe('a revert', () => {
  test('of several commits is one uncommitted change', async () => {
    const first = await branch(folder, 'work', { 'price.txt': 'two\n' });
    const path = await tree(first);
    await writeFiles(path, { 'new.txt': 'n\n' });
    await git(path, 'add', '--all');
    const second = await client.commit(path, 'Second');
    const commits = await client.commitsBetween(folder, main, second);
    expect(commits).toEqual([
      { commit: second, isMerge: false },
      { commit: first, isMerge: false },
    ]);
    await client.revert(path, [second, first]);
    const reverted = await client.commit(path, 'Back');
    expect(await client.sameTree(folder, reverted, main)).toBe(true);
    expect(await client.sameTree(folder, second, main)).toBe(false);
  });

  test('in conflict leaves the tree unchanged', async () => {
    const first = await branch(folder, 'work', { 'price.txt': 'two\n' });
    const path = await tree(first);
    await writeFiles(path, { 'price.txt': 'three\n' });
    await git(path, 'add', '--all');
    await client.commit(path, 'Third');
    expect((await refusal(() => client.revert(path, [first]))).code).toBe('git-failed');
    expect(await git(path, 'status', '--porcelain')).toBe('');
    expect(await readFile(join(path, 'price.txt'), 'utf8')).toBe('three\n');
  });
});

describe('a branch', () => {
  test('moves only from its expected commit', async () => {
    const [left, right] = [await branch(folder, 'left', { a: '1' }), await branch(folder, 'b', {})];
    const error = await refusal(() => client.moveBranch(folder, 'refs/heads/left', right, main));
    expect(error).toMatchObject({ code: 'branch-moved', exitCode: 1 });
    expect(await client.resolve(folder, 'refs/heads/left')).toBe(left);
    await client.moveBranch(folder, 'refs/heads/left', left, right);
    expect(await client.resolve(folder, 'refs/heads/left')).toBe(right);
  });

  test('that is checked out updates its files and leaves other work alone', async () => {
    const commit = await branch(folder, 'work', { 'price.txt': 'two\n' });
    await writeFiles(folder, { 'loose.txt': 'mine\n' });
    expect(await client.checkedOutAt(folder, 'refs/heads/main')).toBe(folder);
    expect(await client.checkedOutAt(folder, 'refs/heads/work')).toBeUndefined();
    await client.fastForward(folder, commit);
    expect(await readFile(join(folder, 'price.txt'), 'utf8')).toBe('two\n');
    expect(await git(folder, 'status', '--porcelain')).toBe('?? loose.txt');
  });

  test('reports local changes that are in its way', async () => {
    const commit = await branch(folder, 'work', { 'price.txt': 'two\n', 'ä b.txt': 'new\n' });
    await writeFiles(folder, { 'price.txt': 'mine\n', 'ä b.txt': 'mine\n', 'loose.txt': 'x\n' });
    const inTheWay = await client.changesInTheWay(folder, main, commit);
    expect(inTheWay.sort()).toEqual(['price.txt', 'ä b.txt']);
  });

  test('never overwrites files that git ignores, because they are secrets and data', async () => {
    await branch(folder, 'work', { '.gitignore': '.env\n' });
    await git(folder, 'merge', '--quiet', 'work');
    const from = await git(folder, 'rev-parse', 'main');
    await git(folder, 'switch', '--quiet', '--create', 'careless');
    await writeFiles(folder, { '.env': 'theirs\n' });
    await git(folder, 'add', '--force', '.env');
    const to = await client.commit(folder, 'A secret');
    await git(folder, 'switch', '--quiet', 'main');
    await writeFiles(folder, { '.env': 'mine\n' });
    expect(await client.changesInTheWay(folder, from, to)).toEqual(['.env']);
    expect((await refusal(() => client.fastForward(folder, to))).code).toBe('branch-moved');
    expect(await readFile(join(folder, '.env'), 'utf8')).toBe('mine\n');
    expect(await git(folder, 'rev-parse', 'HEAD')).toBe(from);
  });

  test('that a rebase will move counts as checked out', async () => {
    await branch(folder, 'work', { 'price.txt': 'two\n' });
    await writeFiles(folder, { 'price.txt': 'three\n' });
    await git(folder, 'commit', '--quiet', '--all', '--message', 'Three');
    await git(folder, 'switch', '--quiet', 'work');
    await expect(git(folder, 'rebase', 'main')).rejects.toThrow();
    expect(await git(folder, 'branch', '--show-current')).toBe('');
    expect(await client.checkedOutAt(folder, 'refs/heads/work')).toBe(folder);
    await git(folder, 'rebase', '--abort');
    expect(await client.checkedOutAt(folder, 'refs/heads/main')).toBeUndefined();
  });
});

test('a commit that a hook rejects without a message is rejected, never reported as made', async () => {
  await writeFiles(folder, { '.git/hooks/pre-commit': '#!/bin/sh\nexit 1\n', 'new.txt': 'n\n' });
  await chmod(join(folder, '.git/hooks/pre-commit'), 0o755);
  const error = await refusal(() => client.commitFile(folder, 'new.txt', 'New'));
  expect(error).toMatchObject({ code: 'commit-failed', exitCode: 1 });
  expect(await git(folder, 'rev-parse', 'HEAD')).toBe(main);
});

test('a path is compared literally, not as a pattern', async () => {
  expect(await client.trackedFiles(folder, 'odd *[name].txt')).toEqual(['odd *[name].txt']);
  expect(await client.trackedFiles(folder, 'odd *')).toEqual([]);
  expect(await client.trackedFiles(folder, 'nowhere')).toEqual([]);
});

test('names that are options or invalid resolve to nothing', async () => {
  for (const name of ['--all', '-x', 'nowhere', '', 'main..work', ':/shop'])
    expect(await client.resolve(folder, `refs/heads/${name}`)).toBeUndefined();
});

test('the top folder is found from a subfolder, and not outside of a repository', async () => {
  await mkdir(join(folder, 'deep', 'er'), { recursive: true });
  expect(await client.root(join(folder, 'deep', 'er'))).toBe(folder);
  const outside = await emptyFolder();
  expect(await refusal(() => client.root(outside))).toMatchObject({
    code: 'repository-missing',
    exitCode: 2,
  });
});

test('a git folder among the files of a branch is none', async () => {
  const web = join(folder, 'web');
  await git(folder, 'init', '--quiet', '--bare', web);
  await git(web, 'config', 'core.bare', 'false');
  await git(web, 'config', 'core.worktree', '.');
  for (const find of [client.root, client.locate])
    expect((await refusal(() => find(web))).code).toBe('repository-missing');
});

test('a subject is the subject, whatever git is set to show besides', async () => {
  await git(folder, 'config', 'log.showSignature', 'true');
  await git(folder, 'config', 'gpg.format', 'ssh');
  const head = await git(folder, 'cat-file', 'commit', 'main');
  const signed = head.replace('\n\n', '\ngpgsig -----BEGIN SSH SIGNATURE-----\n\n');
  await writeFiles(folder, { commit: `${signed}\n` });
  const commit = await git(folder, 'hash-object', '-t', 'commit', '-w', 'commit');
  const subject = await git(folder, 'log', '-1', '--no-show-signature', '--format=%s', 'main');
  expect(await client.subject(folder, commit)).toBe(subject);
});

test('a worktree without its folder does not block the next one', async () => {
  const path = await tree(main);
  await client.removeWorktree(folder, path);
  await client.addWorktree(folder, path, main);
  expect(await git(path, 'rev-parse', 'HEAD')).toBe(main);
  await client.removeWorktree(folder, path);
  expect(await git(folder, 'worktree', 'list')).not.toContain(path);
});

describe('a setting that is on or off', () => {
  test.each([
    ...['true', 'yes', 'on', '1', 'True', 'YES', '2'].map((word) => [word, true] as const),
    ...['false', 'no', 'off', '0', 'False', ''].map((word) => [word, false] as const),
  ])('%j is %s, as git reads it', async (word, expected) => {
    await git(folder, 'config', 'receive.denyDeletes', word);
    expect(await client.isEnabled(folder, 'receive.denyDeletes')).toBe(expected);
  });

  test('is off without a value, and an error with another word', async () => {
    expect(await client.isEnabled(folder, 'receive.denyDeletes')).toBe(false);
    await git(folder, 'config', 'receive.denyDeletes', 'certainly');
    const error = await refusal(() => client.isEnabled(folder, 'receive.denyDeletes'));
    expect(error.message).toContain('neither true nor false');
  });
});
