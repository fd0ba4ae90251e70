import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, open, readdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { withScratchTree } from '../../../src/project/git/scratch-tree.ts';
import { exists } from '../../../src/system/files.ts';
import { git as client } from '../../../src/system/git/git.ts';
import { amongOthers, gitFailure, type RunGit, runGit } from '../../../src/system/git/run.ts';
import { processHost } from '../../../src/system/host.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { emptyFolder, git, pipe, repository, writeFiles } from '../../support/fixture-project.ts';

let folder: string;
let scratch: string;
let main: string;

beforeEach(async () => {
  folder = await repository();
  scratch = join(folder, '.git', 'canary', 'scratch');
  main = await git(folder, 'rev-parse', 'main');
});

const work = <T>(does: (tree: string) => Promise<T>) =>
  withScratchTree(contextIn(folder), { repository: folder }, main, does);

const entries = async () =>
  (await git(folder, 'worktree', 'list', '--porcelain'))
    .split('\n')
    .filter((line) => line.startsWith('worktree '))
    .map((line) => line.slice('worktree '.length));

/** A scratch tree as left by a killed process with this number on this host. */
async function leftBy(host: string, pid: number, start = '1'): Promise<string> {
  const tree = join(scratch, `${host}-${pid}-${start}-AbC123`);
  await git(folder, 'worktree', 'add', '--quiet', '--detach', tree);
  return tree;
}

async function deadProcess(): Promise<number> {
  const child = spawn(process.execPath, ['-e', ''], { stdio: 'ignore' });
  await once(child, 'exit');
  return child.pid ?? 0;
}

test('a scratch tree contains the commit and is removed afterwards, even if the work fails', async () => {
  expect(await work((tree) => git(tree, 'rev-parse', 'HEAD'))).toBe(main);
  await expect(work(() => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readdir(scratch)).toEqual([]);
  expect(await entries()).toEqual([folder]);
});

test('several at the same time do not disturb each other', async () => {
  const heads = Array.from({ length: 5 }, () => work((tree) => git(tree, 'rev-parse', 'HEAD')));
  expect(await Promise.all(heads)).toEqual(heads.map(() => main));
  expect(await readdir(scratch)).toEqual([]);
});

test('each has its own name in git, so that removing one does not affect another', async () => {
  const name = () => work((tree) => git(tree, 'rev-parse', '--git-dir'));
  expect(await name()).not.toBe(await name());
});

/** An entry that another process is creating: the first reader finds it empty, later ones complete. */
async function entryInTheMaking(): Promise<void> {
  const entry = join(folder, '.git', 'worktrees', 'half');
  await mkdir(entry, { recursive: true });
  const commondir = await pipe();
  await writeFiles(entry, {
    gitdir: `${join(await emptyFolder(), '.git')}\n`,
    HEAD: `${main}\n`,
    'commondir.later': '../..\n',
  });
  await symlink(commondir, join(entry, 'commondir'));
  void open(commondir, 'w').then(async (reader) => {
    await rename(join(entry, 'commondir.later'), join(entry, 'commondir'));
    await reader.close();
  });
}

test.each([
  ['looks', () => client.checkedOutAt(folder, 'refs/heads/none')],
  ['adds', (tree: string) => client.addWorktree(folder, join(tree, 'another'), main)],
  ['removes', (tree: string) => client.removeWorktree(folder, tree)],
])('git %s undisturbed while another process creates an entry', async (_, does) => {
  const tree = await emptyFolder();
  await client.addWorktree(folder, tree, main);
  await entryInTheMaking();
  await does(tree);
  expect(await readdir(join(folder, '.git/worktrees/half'))).not.toContain('commondir.later');
  expect((await entries()).includes(tree)).toBe(await exists(tree));
});

test('git adds a worktree while the last entry and its parent folder disappear', async () => {
  const tree = join(await emptyFolder(), 'tree');
  let calls = 0;
  const run: RunGit = (directory, args) => {
    calls += 1;
    if (calls > 1) return runGit(directory, args);
    const words = "could not create directory of '.git/worktrees/tree': No such file or directory";
    return Promise.reject(gitFailure(args, `fatal: ${words}`));
  };
  await amongOthers(run)(folder, ['worktree', 'add', '--detach', '--', tree, main]);
  expect(await entries()).toEqual([folder, tree]);
});

test.each([
  ['whole', async () => undefined],
  ['without its folder', (tree: string) => rm(tree, { recursive: true })],
  ['without its link to git', (tree: string) => rm(join(tree, '.git'))],
  ['locked, as git leaves one it did not finish', (tree: string) => lock(tree)],
])('what a killed process left is removed: %s', async (_, damage) => {
  await damage(await leftBy(processHost(), await deadProcess()));
  await work(async () => undefined);
  expect(await readdir(scratch)).toEqual([]);
  expect(await entries()).toEqual([folder]);
});

const lock = (tree: string) => git(folder, 'worktree', 'lock', '--reason', 'initializing', tree);

test('what a dead process left is removed, even if its number is in use again', async () => {
  await leftBy(processHost(), process.pid);
  await work(async () => undefined);
  expect(await readdir(scratch)).toEqual([]);
});

test('what a running process or another host left is kept', async () => {
  const trees = [await leftBy(processHost(), process.pid, ''), await leftBy('elsewhere', 1)];
  await work(async () => undefined);
  expect((await entries()).sort()).toEqual([folder, ...trees].sort());
});

test('a worktree of the user whose folder is temporarily missing is kept', async () => {
  const mine = join(await emptyFolder(), 'mine');
  await git(folder, 'worktree', 'add', '--quiet', '--detach', mine);
  await rm(mine, { recursive: true });
  const gone = join(folder, '.canary', 'worktrees', 'abc');
  await git(folder, 'worktree', 'add', '--quiet', '--detach', gone);
  await rm(gone, { recursive: true });
  await work(async () => undefined);
  expect((await entries()).sort()).toEqual([folder, mine, gone].sort());
  await client.forgetMissing(folder, join(folder, '.canary', 'worktrees'));
  expect(await entries()).toEqual([folder, mine]);
});

test('the repository’s post-checkout hook does not run, its pre-commit hook does', async () => {
  const ran = join(await emptyFolder(), 'ran');
  await writeFiles(folder, {
    '.git/hooks/post-checkout': `#!/bin/sh\necho post-checkout >>'${ran}'\nexit 1\n`,
    '.git/hooks/pre-commit': `#!/bin/sh\necho pre-commit >>'${ran}'\n`,
  });
  for (const name of ['post-checkout', 'pre-commit'])
    await chmod(join(folder, '.git/hooks', name), 0o755);
  await work(async (tree) => {
    await writeFiles(tree, { 'new.txt': 'new\n' });
    await git(tree, 'add', 'new.txt');
    return client.commit(tree, 'New');
  });
  expect(await readFile(ran, 'utf8')).toBe('pre-commit\n');
});
