import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, onTestFinished, test, vi } from 'vitest';
import { git as client } from '../../../src/system/git/git.ts';
import { POINTER_FILES, withPointer, withSubmodule } from '../../support/fixture-layouts.ts';
import {
  emptyFolder,
  git,
  repository,
  userState,
  writeFiles,
} from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const ALLOW = ['-c', 'protocol.file.allow=always'];
let folder: string;
let tree: string;

beforeEach(async () => {
  folder = await withSubmodule();
  tree = join(await emptyFolder(), 'tree');
});

/** Checks out a commit as a deploy does. */
async function checkOut(commit: string): Promise<void> {
  await client.addWorktree(folder, tree, commit);
  await client.checkOutSubmodules(folder, tree);
}

const content = (path: string) => readFile(join(tree, path), 'utf8');

test('an initialised submodule comes from the user’s own copy', async () => {
  const before = await userState(folder);
  await checkOut('main');
  expect(await content('lib dir/lib.txt')).toBe('library\n');
  // Its git folder is not part of what is built, and goes with the worktree.
  expect(await readdir(join(tree, 'lib dir'))).toEqual(['.git', 'lib.txt']);
  expect(await content('lib dir/.git')).toContain(join(folder, '.git/worktrees/tree'));
  expect(await client.holds(folder, tree, await git(folder, 'rev-parse', 'main'))).toBe(true);
  await client.removeWorktree(folder, tree);
  expect(await readdir(join(folder, '.git/modules'))).toEqual(['the lib']);
  expect(await userState(folder)).toEqual(before);
});

test('a second checkout keeps it, and completes an interrupted one', async () => {
  await checkOut('main');
  await client.checkOutSubmodules(folder, tree);
  expect(await content('lib dir/lib.txt')).toBe('library\n');
  await rm(join(tree, 'lib dir', 'lib.txt'));
  await client.checkOutSubmodules(folder, tree);
  expect(await content('lib dir/lib.txt')).toBe('library\n');
  await rm(join(tree, 'lib dir', '.git'));
  await client.checkOutSubmodules(folder, tree);
  expect(await content('lib dir/lib.txt')).toBe('library\n');
});

test('a submodule within a submodule is checked out too', async () => {
  const inner = await repository({ 'inner.txt': 'inner\n' });
  const outer = await repository({ 'outer.txt': 'outer\n' });
  await git(outer, ...ALLOW, 'submodule', '--quiet', 'add', inner, 'inner');
  await git(outer, 'commit', '--quiet', '--message', 'Inner');
  await git(folder, ...ALLOW, 'submodule', '--quiet', 'add', outer, 'outer');
  await git(folder, ...ALLOW, 'submodule', '--quiet', 'update', '--init', '--recursive');
  await git(folder, 'commit', '--quiet', '--message', 'Outer');
  await Promise.all([inner, outer].map((each) => rm(each, { recursive: true })));
  await checkOut('main');
  expect(await content('outer/outer.txt')).toBe('outer\n');
  expect(await content('outer/inner/inner.txt')).toBe('inner\n');
});

test('a submodule that the user did not initialise is left empty', async () => {
  await git(folder, 'submodule', '--quiet', 'deinit', '--force', 'lib dir');
  const before = await userState(folder);
  await checkOut('main');
  expect(await readdir(join(tree, 'lib dir'))).toEqual([]);
  expect((await userState(folder)).parts.config).toBe(before.parts.config);
});

test.each(['off', 'False', 'no'])(
  'a submodule whose `active` is %s is left empty',
  async (word) => {
    await git(folder, 'config', 'submodule.the lib.active', word);
    await checkOut('main');
    expect(await readdir(join(tree, 'lib dir'))).toEqual([]);
  },
);

test('a commit missing from the user’s copy comes from the URL', async () => {
  const library = await repository({ 'lib.txt': 'newer\n' });
  const newer = await git(library, 'rev-parse', 'HEAD');
  await git(folder, 'config', 'submodule.the lib.url', library);
  // As a person would allow it: git requires this for a URL that is a path.
  const settings = await emptyFolder();
  await writeFiles(settings, { gitconfig: '[protocol "file"]\n\tallow = always\n' });
  vi.stubEnv('GIT_CONFIG_GLOBAL', join(settings, 'gitconfig'));
  onTestFinished(() => void vi.unstubAllEnvs());
  await git(folder, 'update-index', '--cacheinfo', `160000,${newer},lib dir`);
  await git(folder, 'commit', '--quiet', '--message', 'Newer');
  const config = await readFile(join(folder, '.git/config'), 'utf8');
  await checkOut('main');
  expect(await content('lib dir/lib.txt')).toBe('newer\n');
  expect(await readFile(join(folder, '.git/config'), 'utf8')).toBe(config);
});

test('a submodule that cannot be fetched is an error that names it', async () => {
  await rm(join(folder, '.git/modules'), { recursive: true });
  await client.addWorktree(folder, tree, 'main');
  const error = await refusal(() => client.checkOutSubmodules(folder, tree));
  expect(error).toMatchObject({ code: 'submodule-failed', exitCode: 1 });
  expect(error.message).toBe('The submodule lib dir could not be checked out.');
  expect(error.details[0]).toBe('git submodule:');
  expect(error.details.join('\n')).toContain('lib dir');
});

test.each(['../../../evil', '/tmp/evil', 'a=b', 'alias.x'])(
  'a submodule name like %s does no harm',
  async (name) => {
    const modules = await readFile(join(folder, '.gitmodules'), 'utf8');
    await writeFiles(folder, { '.gitmodules': modules.replace('the lib', name) });
    await git(folder, 'commit', '--quiet', '--all', '--message', 'Another name');
    const before = await userState(folder);
    await client.addWorktree(folder, tree, 'main');
    await client.checkOutSubmodules(folder, tree).catch(() => undefined);
    await client.removeWorktree(folder, tree);
    expect(await userState(folder)).toEqual(before);
  },
);

test('a name that leads out of the git folder is not followed, even if a copy exists there', async () => {
  const name = '../../copy';
  const modules = await readFile(join(folder, '.gitmodules'), 'utf8');
  await writeFiles(folder, { '.gitmodules': modules.replace('the lib', name) });
  await git(folder, 'commit', '--quiet', '--all', '--message', 'Another name');
  await git(folder, 'config', `submodule.${name}.url`, '/nowhere');
  await git(folder, 'clone', '--quiet', '--bare', '.git/modules/the lib', 'copy');
  await client.addWorktree(folder, tree, 'main');
  await client.checkOutSubmodules(folder, tree).catch(() => undefined);
  expect(await readdir(join(folder, '.git', 'worktrees'))).toEqual(['tree']);
});

test.each([
  [false, POINTER_FILES['big.bin']],
  [true, 'the content\n'],
])('a file of LFS, with its filter %s', async (hasFilter, expected) => {
  folder = await withPointer(hasFilter);
  await checkOut('main');
  expect(await content('big.bin')).toBe(expected);
});
