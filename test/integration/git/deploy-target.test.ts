import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { makeGit } from '../../../src/system/git/git.ts';
import { prepareTarget } from '../../../src/workflows/prepare-target.ts';
import { addRemote } from '../../../src/workflows/remote-add.ts';
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
  });
}

describe('a repository that is prepared for deploying', () => {
  test('is bare, with production beside it and a hook that can run', async () => {
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

  test('is the same when it is prepared again', async () => {
    await prepare('shop.git');
    const before = await fingerprint(server);
    await prepare('shop.git');
    expect(await fingerprint(server)).toEqual(before);
  });

  test('may have production elsewhere, and a name without an ending', async () => {
    expect((await prepare('shop', 'live')).directory).toBe(join(server, 'live'));
    expect((await prepare('other')).directory).toBe(join(server, 'other-production'));
  });

  test('may be the one that production’s folder is the working tree of', async () => {
    const own = await repository();
    const target = await prepareTarget(contextIn(own), {
      ...{ repository: own, directory: undefined },
      ...{ project: '', stable: 'main' },
    });
    expect(target).toMatchObject({ repository: join(own, '.git'), directory: own });
    expect(await git(own, 'status', '--porcelain')).toBe('');
  });

  test.each([
    ['a folder with something else in it', 'taken', undefined, 'not empty'],
    ['production in another repository', 'new.git', 'own', 'a repository of its own'],
  ])('is refused: %s', async (_, path, directory, words) => {
    await writeFiles(server, { 'taken/notes.txt': 'mine\n', 'own/a.txt': 'a\n' });
    await git(join(server, 'own'), 'init', '--quiet');
    const before = await fingerprint(server);
    const error = await refusal(() => prepare(path, directory));
    expect(error).toMatchObject({ code: 'target-unusable', exitCode: 2 });
    expect(error.message).toContain(words);
    expect(await fingerprint(server)).toEqual(before);
  });

  test('is refused where the hook is somebody else’s', async () => {
    await git(server, 'init', '--quiet', '--bare', 'shop.git');
    await writeFiles(server, { 'shop.git/hooks/proc-receive': '#!/bin/sh\nexit 0\n' });
    const before = await fingerprint(server);
    const error = await refusal(() => prepare('shop.git'));
    expect(error).toMatchObject({ code: 'target-unusable' });
    expect(error.message).toContain('hooks/proc-receive');
    expect(await fingerprint(server)).toEqual(before);
  });
});

describe('adding a remote', () => {
  const add = (directory: string, name: string, url: string) =>
    addRemote(contextIn(directory), { name, url, directory: undefined, program: 'canary' });

  test('prepares the target and names it; again it changes nothing', async () => {
    const laptop = await repository();
    const url = join(server, 'shop.git');
    await add(laptop, 'deploy', url);
    const before = [await fingerprint(laptop), await fingerprint(server)];
    expect(await git(laptop, 'remote', 'get-url', 'deploy')).toBe(url);
    await add(laptop, 'deploy', url);
    expect([await fingerprint(laptop), await fingerprint(server)]).toEqual(before);
  });

  test('a relative path is meant from where the user is', async () => {
    const laptop = await repository();
    const result = await add(laptop, 'deploy', './served/shop.git');
    expect(result.url).toBe(join(laptop, 'served/shop.git'));
    expect(await git(laptop, 'remote', 'get-url', 'deploy')).toBe(result.url);
  });

  test('with the name of another remote is refused before anything is made', async () => {
    const laptop = await repository();
    await git(laptop, 'remote', 'add', 'deploy', '/elsewhere.git');
    const error = await refusal(() => add(laptop, 'deploy', join(server, 'shop.git')));
    expect(error).toMatchObject({ code: 'remote-exists', exitCode: 2 });
    expect(await fingerprint(server)).toEqual({});
  });
});

describe('a checkout around files that are there already', () => {
  test('keeps them and takes only what is missing', async () => {
    const source = await repository({ 'compose.yaml': 'services: {}\n' });
    const folder = join(server, 'läden 1', 'shop');
    await writeFiles(folder, { '.env': 'SECRET=1\n', 'data/rows': 'rows\n' });
    const head = await git(source, 'rev-parse', 'HEAD');
    await makeGit().checkOutAround(source, folder, head);
    expect(await readFile(join(folder, '.env'), 'utf8')).toBe('SECRET=1\n');
    expect(await readFile(join(folder, 'data/rows'), 'utf8')).toBe('rows\n');
    expect(await git(folder, 'rev-parse', 'HEAD')).toBe(head);
    expect(await git(folder, 'status', '--porcelain')).toBe('?? .env\n?? data/');
  });

  test('that are in its way leaves every byte, and no worktree behind', async () => {
    const source = await repository({ 'compose.yaml': 'services: {}\n', 'new.txt': 'new\n' });
    const folder = join(server, 'shop');
    await writeFiles(folder, { 'compose.yaml': 'mine\n', '.env': 'SECRET=1\n' });
    const before = await fingerprint(folder);
    const head = await git(source, 'rev-parse', 'HEAD');
    const error = await refusal(() => makeGit().checkOutAround(source, folder, head));
    expect(error.details.join('\n')).toContain('compose.yaml');
    expect(await fingerprint(folder)).toEqual(before);
    expect(await git(source, 'worktree', 'list')).not.toContain('\n');
  });
});

test('a push through the hook of a folder with an odd name reaches canary, which says what is missing', async () => {
  const laptop = await repository({ 'readme.md': 'no compose file\n' });
  const { repository: bare } = await prepare("it's läden/a $(id) b.git");
  const push = git(laptop, 'push', '--quiet', bare, 'main').catch((error: Error) => error.message);
  const said = await push;
  expect(said).toContain('remote: ✖ No compose file in');
  expect(said).toContain('! [remote rejected] main -> main');
  expect(await git(bare, 'for-each-ref')).toBe('');
});
