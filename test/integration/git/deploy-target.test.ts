import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { messageOf } from '../../../src/errors.ts';
import { git as client } from '../../../src/system/git/git.ts';
import { prepareTarget } from '../../../src/workflows/push-to-deploy/prepare-target.ts';
import { addRemote } from '../../../src/workflows/push-to-deploy/remote-add.ts';
import { contextIn } from '../../support/fixture-context.ts';
import {
  emptyFolder,
  fingerprint,
  git,
  repository,
  writeFiles,
} from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

let server: string;

beforeEach(async () => {
  server = await emptyFolder();
});

function prepare(path: string, directory?: string) {
  return prepareTarget(contextIn(server), {
    repository: join(server, path),
    directory: directory === undefined ? undefined : join(server, directory),
    project: '',
    stable: 'main',
    objectFormat: undefined,
  });
}

describe('a repository prepared for deploying', () => {
  test('is bare, with production beside it and an executable hook', async () => {
    const target = await prepare('shop.git');
    expect(target).toEqual({
      repository: join(server, 'shop.git'),
      directory: join(server, 'shop'),
      project: '',
    });
    expect(await git(target.repository, 'rev-parse', '--is-bare-repository')).toBe('true');
    expect(await git(target.repository, 'symbolic-ref', 'HEAD')).toBe('refs/heads/main');
    const hook = join(target.repository, 'hooks/proc-receive');
    expect((await stat(hook)).mode & 0o777).toBe(0o755);
    expect((await stat(target.directory)).isDirectory()).toBe(true);
  });

  test('does not change when it is prepared again', async () => {
    await prepare('shop.git');
    const before = await fingerprint(server);
    await prepare('shop.git');
    expect(await fingerprint(server)).toEqual(before);
  });

  test('may have production elsewhere, and a name without `.git`', async () => {
    expect((await prepare('shop', 'live')).directory).toBe(join(server, 'live'));
    expect((await prepare('other')).directory).toBe(join(server, 'other-production'));
  });

  test('may be the repository of production’s own folder', async () => {
    const own = await repository();
    const target = await prepareTarget(contextIn(own), {
      repository: own,
      directory: undefined,
      project: '',
      stable: 'main',
      objectFormat: undefined,
    });
    expect(target).toMatchObject({ repository: join(own, '.git'), directory: own });
    expect(await git(own, 'status', '--porcelain')).toBe('');
  });

  test.each([
    ['a folder with something else in it', 'taken', undefined, 'not empty'],
    ['production in another repository', 'new.git', 'own', 'a repository of its own'],
  ])('is rejected: %s', async (_, path, directory, words) => {
    await writeFiles(server, { 'taken/notes.txt': 'mine\n', 'own/a.txt': 'a\n' });
    await git(join(server, 'own'), 'init', '--quiet');
    const before = await fingerprint(server);
    const error = await refusal(() => prepare(path, directory));
    expect(error).toMatchObject({ code: 'target-unusable', exitCode: 2 });
    expect(error.message).toContain(words);
    expect(await fingerprint(server)).toEqual(before);
  });

  test('is rejected if its hook is not from canary', async () => {
    await git(server, 'init', '--quiet', '--bare', 'shop.git');
    await writeFiles(server, { 'shop.git/hooks/proc-receive': '#!/bin/sh\nexit 0\n' });
    const before = await fingerprint(server);
    const error = await refusal(() => prepare('shop.git'));
    expect(error).toMatchObject({ code: 'target-unusable' });
    expect(error.message).toContain('hooks/proc-receive');
    expect(await fingerprint(server)).toEqual(before);
  });
});

describe('the hooks of a repository', () => {
  /** A git user with one folder of hooks for every repository. */
  async function shareHooks(): Promise<string> {
    const folder = await emptyFolder();
    await writeFiles(folder, { gitconfig: `[core]\n\thooksPath = ${folder}/hooks\n` });
    await mkdir(join(folder, 'hooks'));
    vi.stubEnv('GIT_CONFIG_GLOBAL', join(folder, 'gitconfig'));
    onTestFinished(() => void vi.unstubAllEnvs());
    return join(folder, 'hooks');
  }

  test('are its own even if the user shares a folder of hooks: the push reaches canary', async () => {
    const hooks = await shareHooks();
    const laptop = await repository({ 'readme.md': 'no compose file\n' });
    const { repository: bare } = await prepare('shop.git');
    expect(await readdir(hooks)).toEqual([]);
    const push = git(laptop, 'push', '--quiet', bare, 'main');
    expect(await push.catch(messageOf)).toContain('remote: ✖ No compose file in');
  });

  test('run for a commit in production’s folder', async () => {
    await shareHooks();
    const laptop = await repository();
    const { repository: bare, directory } = await prepare('shop.git');
    await git(
      laptop,
      'push',
      '--quiet',
      '--receive-pack=git -c receive.procReceiveRefs= receive-pack',
      bare,
      'main:refs/keep/main',
    );
    const head = await git(laptop, 'rev-parse', 'HEAD');
    await client.checkOutAround(bare, directory, head);
    await writeFile(join(bare, 'hooks/pre-commit'), '#!/bin/sh\necho ran > .hook\n', {
      mode: 0o755,
    });
    const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    await git(directory, ...author, 'commit', '--quiet', '--allow-empty', '-m', 'By hand');
    expect(await readFile(join(directory, '.hook'), 'utf8')).toBe('ran\n');
  });

  test('are rejected if an existing repository keeps them elsewhere', async () => {
    const hooks = await shareHooks();
    await git(server, 'init', '--quiet', '--bare', 'shop.git');
    const before = await fingerprint(server);
    const error = await refusal(() => prepare('shop.git'));
    expect(error).toMatchObject({ code: 'target-unusable' });
    expect(error.message).toContain(hooks);
    expect(error.hint).toContain('core.hooksPath');
    expect(await readdir(hooks)).toEqual([]);
    expect(await fingerprint(server)).toEqual(before);
  });
});

test('a repository that git does not open is rejected with git’s message', async () => {
  await git(server, 'init', '--quiet', '--bare', 'shop.git');
  await writeFiles(server, { 'shop.git/config': '[core]\n\trepositoryformatversion = 99\n' });
  const error = await refusal(() => prepare('shop.git'));
  expect(error).toMatchObject({ code: 'target-unusable' });
  expect(error.details.join('\n')).toContain('Expected git repo version');
  expect(error.hint).toContain('safe.directory');
});

describe('adding a remote', () => {
  const add = (directory: string, name: string, url: string) =>
    addRemote(contextIn(directory), { name, url, directory: undefined, program: 'canary' });

  test('prepares the target and names it; adding it again changes nothing', async () => {
    const laptop = await repository();
    const url = join(server, 'shop.git');
    await add(laptop, 'deploy', url);
    const before = [await fingerprint(laptop), await fingerprint(server)];
    expect(await git(laptop, 'remote', 'get-url', 'deploy')).toBe(url);
    await add(laptop, 'deploy', url);
    expect([await fingerprint(laptop), await fingerprint(server)]).toEqual(before);
  });

  test('creates a repository with the object format of the pushing one', async () => {
    const laptop = await emptyFolder();
    await git(laptop, 'init', '--quiet', '--initial-branch=main', '--object-format=sha256');
    await writeFiles(laptop, { 'readme.md': 'no compose file\n' });
    await git(laptop, 'add', '--all');
    const author = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.com'];
    await git(laptop, ...author, 'commit', '--quiet', '-m', 'The shop');
    await add(laptop, 'deploy', join(server, 'shop.git'));
    expect(await git(laptop, 'push', 'deploy', 'main').catch(messageOf)).toContain(
      'remote: ✖ No compose file in',
    );
    const other = await repository();
    const error = await refusal(() => add(other, 'deploy', join(server, 'shop.git')));
    expect(error).toMatchObject({ code: 'target-unusable' });
    expect(error.message).toContain('sha256');
  });

  test('resolves a relative path from the user’s folder', async () => {
    const laptop = await repository();
    const result = await add(laptop, 'deploy', './served/shop.git');
    expect(result.url).toBe(join(laptop, 'served/shop.git'));
    expect(await git(laptop, 'remote', 'get-url', 'deploy')).toBe(result.url);
  });

  test('rejects the name of another remote before anything is created', async () => {
    const laptop = await repository();
    await git(laptop, 'remote', 'add', 'deploy', '/elsewhere.git');
    const error = await refusal(() => add(laptop, 'deploy', join(server, 'shop.git')));
    expect(error).toMatchObject({ code: 'remote-exists', exitCode: 2 });
    expect(await fingerprint(server)).toEqual({});
  });
});

test('a push through a hook in a folder with an odd name reaches canary, which says what is missing', async () => {
  const laptop = await repository({ 'readme.md': 'no compose file\n' });
  const { repository: bare } = await prepare("it's läden/a $(id) b.git");
  const push = git(laptop, 'push', '--quiet', bare, 'main').catch((error: Error) => error.message);
  const said = await push;
  expect(said).toContain('remote: ✖ No compose file in');
  expect(said).toContain('! [remote rejected] main -> main');
  expect(await git(bare, 'for-each-ref')).toBe('');
});
