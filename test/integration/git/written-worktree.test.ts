import { chmod, lstat, mkdir, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { exists } from '../../../src/system/files.ts';
import { git as client } from '../../../src/system/git/git.ts';
import { withSubmodule } from '../../support/fixture-layouts.ts';
import { emptyFolder, git, repository, writeFiles } from '../../support/fixture-project.ts';

/*
 * A service that mounts the whole project gets the worktree of its branch, and may write there: git, which runs on the
 * machine, must not obey what it writes.
 */

let folder: string;
let tree: string;
let commit: string;
/** Exists once a program of the container has run on the machine. */
let ran: string;

beforeEach(async () => {
  folder = await withSubmodule();
  tree = join(await emptyFolder(), 'tree');
  ran = join(await emptyFolder(), 'ran');
  commit = await git(folder, 'rev-parse', 'main');
  await client.addWorktree(folder, tree, commit);
  await client.checkOutSubmodules(folder, tree);
});

/** A git folder that names programs wherever git takes the name of one. */
async function hostile(at: string): Promise<void> {
  await rm(at, { recursive: true, force: true });
  const program = `${at}.program`;
  await mkdir(dirname(at), { recursive: true });
  await writeFile(program, `#!/bin/sh\ntouch '${ran}'\nexit 1\n`);
  await chmod(program, 0o755);
  await git('/', 'init', '--quiet', at.replace(/\/\.git$/, ''));
  const settings = {
    'core.fsmonitor': program,
    'core.hooksPath': `${at}.hooks`,
    'core.sshCommand': program,
    'core.pager': program,
    'filter.evil.clean': program,
    'filter.evil.smudge': program,
    'diff.external': program,
    'core.worktree': '..',
  };
  for (const [key, value] of Object.entries(settings)) await git(at, 'config', key, value);
  await mkdir(`${at}.hooks`);
  for (const hook of ['post-checkout', 'post-index-change', 'reference-transaction']) {
    await writeFile(`${at}.hooks/${hook}`, `#!/bin/sh\ntouch '${ran}'\n`);
    await chmod(`${at}.hooks/${hook}`, 0o755);
  }
  await writeFile(join(at, 'info/attributes'), '* filter=evil\n');
}

/** What every command asks of a worktree that exists. */
async function useAgain(): Promise<boolean> {
  const holds = await client.holds(folder, tree, commit);
  await client.checkOutSubmodules(folder, tree).catch(() => undefined);
  const worktree = await client.worktreeOf(folder, tree);
  await client.pointersIn(worktree);
  await client.trackedFiles(worktree, '.');
  await client.giveOwnFolder(folder, tree, commit, { isWritten: true });
  return holds;
}

test('the program itself is found: git that trusts the folder runs it', async () => {
  await hostile(join(tree, '.git'));
  await git(tree, 'status');
  expect(await exists(ran)).toBe(true);
});

test('a git folder in place of the file that leads to the user’s', async () => {
  await hostile(join(tree, '.git'));
  await useAgain();
  expect(await exists(ran)).toBe(false);
});

test('settings in the folder that a build got', async () => {
  await client.giveOwnFolder(folder, tree, commit, { isWritten: true });
  await hostile(join(tree, '.git'));
  await useAgain();
  expect(await exists(ran)).toBe(false);
});

test('a file that leads to a folder elsewhere', async () => {
  const elsewhere = join(tree, 'elsewhere');
  await hostile(join(elsewhere, '.git'));
  await writeFile(join(tree, '.git'), `gitdir: ${join(elsewhere, '.git')}\n`);
  await useAgain();
  expect(await exists(ran)).toBe(false);
});

test('the git folder of a submodule, which git itself asks for its state', async () => {
  await hostile(join(tree, 'lib dir', '.git'));
  await writeFile(join(tree, 'lib dir', 'lib.txt'), 'changed\n');
  await useAgain();
  expect(await exists(ran)).toBe(false);
  expect(await readFile(join(tree, 'lib dir', 'lib.txt'), 'utf8')).toBe('library\n');
});

test('a link in place of the folder of a submodule leads nothing out of the worktree', async () => {
  const library = await repository({ 'lib.txt': 'deep\n' });
  const add = ['submodule', '--quiet', 'add', library, 'deep/lib'];
  await git(folder, '-c', 'protocol.file.allow=always', ...add);
  await git(folder, 'commit', '--quiet', '--message', 'Deep');
  commit = await git(folder, 'rev-parse', 'HEAD');
  tree = join(await emptyFolder(), 'tree');
  await client.addWorktree(folder, tree, commit);
  await client.checkOutSubmodules(folder, tree);
  const outside = await emptyFolder();
  await writeFiles(outside, { 'lib/keep.txt': 'keep\n' });
  await rm(join(tree, 'deep'), { recursive: true });
  await symlink(outside, join(tree, 'deep'));
  await useAgain();
  expect(await readdir(join(outside, 'lib'))).toEqual(['keep.txt']);
  expect(await readFile(join(tree, 'deep/lib/lib.txt'), 'utf8')).toBe('deep\n');
});

test('a folder by which every file seems to be as it was', async () => {
  const [path = ''] = await readdir(tree).then((names) =>
    names.filter((each) => /\.yml$/.test(each)),
  );
  await rm(join(tree, '.git'));
  await git('/', 'clone', '--quiet', '--bare', folder, join(tree, '.git'));
  await git(join(tree, '.git'), 'config', 'core.bare', 'false');
  await git(tree, 'reset', '--quiet');
  await git(tree, 'update-index', '--skip-worktree', path);
  await writeFiles(tree, { [path]: 'services: { evil: { privileged: true } }\n' });
  expect(await git(tree, 'status', '--porcelain', '-uno')).toBe('');
  expect(await client.holds(folder, tree, commit)).toBe(false);
});

test('the objects of the user’s repository are not those of a folder that a container can write', async () => {
  await client.giveOwnFolder(folder, tree, commit, { isWritten: true });
  const objects = join(tree, '.git', 'objects');
  const names = await readdir(objects, { recursive: true });
  for (const name of names) {
    const { nlink, isFile } = await lstat(join(objects, name)).then((each) => ({
      nlink: each.nlink,
      isFile: each.isFile(),
    }));
    if (isFile) expect(nlink).toBe(1);
  }
});
