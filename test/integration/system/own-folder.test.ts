import { cp, lstat, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { git as client } from '../../../src/system/git/git.ts';
import {
  branch,
  emptyFolder,
  git,
  repository,
  type UserState,
  userState,
} from '../../support/fixture-project.ts';

let folder: string;
let before: UserState;
let commit: string;
let tree: string;

beforeEach(async () => {
  folder = await repository({ 'price.txt': 'one\n' });
  await git(folder, 'tag', 'v1');
  commit = await branch(folder, 'canary', { 'new.txt': 'new\n' });
  before = await userState(folder);
  tree = join(await emptyFolder(), 'tree');
  await client.addWorktree(folder, tree, commit);
});

test('a worktree with a git folder of its own is read by git wherever it is copied to', async () => {
  await client.giveOwnFolder(folder, tree, commit, { isWritten: false });
  expect(await client.holds(folder, tree, commit)).toBe(true);

  // As into an image: nothing of this machine is there.
  const image = join(await emptyFolder(), 'src');
  await cp(tree, image, { recursive: true });
  await client.removeWorktree(folder, tree);
  expect(await userState(folder)).toEqual(before);
  await rm(folder, { recursive: true });
  expect(await git(image, 'rev-parse', 'HEAD')).toBe(commit);
  expect(await git(image, 'describe', '--tags', '--long')).toMatch(/^v1-1-g/);
  expect(await git(image, 'status', '--porcelain')).toBe('');
  expect(await git(image, 'config', '--list', '--local')).not.toContain(folder);
});

test('it is given once, and is gone with the worktree', async () => {
  await client.giveOwnFolder(folder, tree, commit, { isWritten: false });
  const { ino } = await lstat(join(tree, '.git'));
  expect((await lstat(join(tree, '.git'))).isDirectory()).toBe(true);
  await client.giveOwnFolder(folder, tree, commit, { isWritten: false });
  expect((await lstat(join(tree, '.git'))).ino).toBe(ino);
  await client.removeWorktree(folder, tree);
  expect(await readdir(dirname(tree))).toEqual([]);
  await client.addWorktree(folder, tree, commit);
  expect(await client.holds(folder, tree, commit)).toBe(true);
});

test('a worktree whose index is in two files is read too', async () => {
  await git(folder, 'config', 'core.splitIndex', 'true');
  const other = join(await emptyFolder(), 'tree');
  await client.addWorktree(folder, other, commit);
  await client.giveOwnFolder(folder, other, commit, { isWritten: false });
  expect((await lstat(join(other, '.git'))).isDirectory()).toBe(true);
  expect(await client.holds(folder, other, commit)).toBe(true);
});

test('a repository that cannot be copied keeps the worktree as it is', async () => {
  const shallow = join(await emptyFolder(), 'shallow');
  await git('/', 'clone', '--quiet', '--depth', '1', `file://${folder}`, shallow);
  const added = await branch(shallow, 'away', { 'away.txt': 'away\n' });
  const other = join(await emptyFolder(), 'tree');
  await client.addWorktree(shallow, other, added);
  // No branch leads to the commit, so a copy of what is reachable lacks it.
  await git(shallow, 'branch', '--quiet', '-D', 'away');
  await client.giveOwnFolder(shallow, other, added, { isWritten: false });
  expect(await client.holds(shallow, other, added)).toBe(true);
  expect((await lstat(join(other, '.git'))).isFile()).toBe(true);
  expect(await readdir(dirname(other))).toEqual(['tree']);
});
