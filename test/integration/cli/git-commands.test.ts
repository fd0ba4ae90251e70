import { chmod } from 'node:fs/promises';
import { beforeEach, describe, expect, test } from 'vitest';
import { canary, canaryAndChanges, engineOff } from '../../support/fixture-cli.ts';
import { ADDS_FILE, diffPatch } from '../../support/fixture-patch.ts';
import {
  branch,
  CANARY,
  emptyFolder,
  git,
  repository,
  SHOP_FILES,
  writeFiles,
} from '../../support/fixture-project.ts';

let folder: string;

beforeEach(async () => {
  folder = await repository();
});

const commitOf = (name: string) => git(folder, 'rev-parse', name);
const shortOf = (name: string) => git(folder, 'rev-parse', '--short=12', name);

describe('branch', () => {
  test('creates a branch, and says so if it exists, without an engine', async () => {
    const env = await engineOff();
    const main = await shortOf('main');
    expect(await canary(folder, ['branch', 'canary'], env)).toEqual({
      stdout: `Made branch canary at ${main}.\n`,
      stderr: '',
      exitCode: 0,
    });
    expect(await canaryAndChanges(folder, ['branch', 'canary'], env)).toEqual({
      stdout: `Branch canary exists already, at ${main}; nothing was changed.\n`,
      stderr: '',
      exitCode: 0,
      changes: [],
    });
  });

  test('that is ahead is accepted, and is reported in JSON', async () => {
    const commit = await branch(folder, 'canary', { 'a.txt': 'a\n' });
    const { stdout } = await canary(folder, ['branch', 'canary', '--json']);
    expect(stdout).toBe(`${JSON.stringify({ branch: 'canary', commit, created: false })}\n`);
  });

  test('starts at the given commit', async () => {
    const commit = await branch(folder, 'left', { 'a.txt': 'a\n' });
    await git(folder, 'tag', 'left', 'main');
    await canary(folder, ['branch', 'right', '--from', 'left']);
    await canary(folder, ['branch', 'up', '--from', 'left~1']);
    expect([await commitOf('right'), await commitOf('up')]).toEqual([
      commit,
      await commitOf('main'),
    ]);
  });

  test('starts at the stable branch of the file given by --config', async () => {
    await writeFiles(folder, { 'other.yaml': `${CANARY}git: { stable: trunk }\n` });
    const commit = await branch(folder, 'trunk', { 'a.txt': 'a\n' });
    await writeFiles(folder, { 'other.yaml': `${CANARY}git: { stable: trunk }\n` });
    await canary(folder, ['branch', 'x', '--config', 'other.yaml']);
    expect(await commitOf('x')).toBe(commit);
  });

  test('starts at the stable branch of the canary.yaml beside the compose file in a parent folder', async () => {
    const files = Object.entries(SHOP_FILES).map(([path, text]) => [`shop/${path}`, text]);
    const config = { 'shop/canary.yaml': `${CANARY}git: { stable: trunk }\n`, 'shop/src/x': '' };
    const home = await repository({ ...Object.fromEntries(files), ...config });
    await git(home, 'branch', 'trunk');
    await git(home, 'commit', '--quiet', '--allow-empty', '--message', 'More');
    await canary(`${home}/shop/src`, ['branch', 'x']);
    expect(await git(home, 'rev-parse', 'x')).toBe(await git(home, 'rev-parse', 'trunk'));
    // A repository inside the project is separate: settings outside of it do not apply.
    await git(home, 'clone', '--quiet', home, 'shop/inner');
    await canary(`${home}/shop/inner`, ['branch', 'x']);
    expect(await git(`${home}/shop/inner`, 'rev-parse', 'x')).toBe(
      await git(home, 'rev-parse', 'main'),
    );
  });

  test('that lacks commits of the stable is rejected', async () => {
    await git(folder, 'branch', 'old');
    await git(folder, 'commit', '--quiet', '--allow-empty', '--message', 'More');
    expect(await canaryAndChanges(folder, ['branch', 'old'])).toEqual({
      stdout: '',
      stderr: [
        `✖ There is a branch \`old\` already, at ${await shortOf('old')}, without all of \`main\`.`,
        '  Merge `main` into it, or choose another name. Nothing was changed.',
        '',
      ].join('\n'),
      exitCode: 2,
      changes: [],
    });
  });

  test.each([
    [['a b'], 'branch-name-unsafe', '`a b` is not a branch name.'],
    [['x', '--from', 'nope'], 'commit-unknown', 'There is no commit `nope`.'],
    [['x', '--from', '-x'], 'commit-unknown', 'There is no commit `-x`.'],
    [['x', '--config', 'nope.yaml'], 'config-missing', 'There is no DIR/nope.yaml.'],
    [['x', '-C', 'nope'], 'repository-missing', 'There is no folder DIR/nope.'],
    [['x', '-f', 'nope.yml'], 'compose-file-missing', 'There is no compose file DIR/nope.yml.'],
  ])('%j is rejected', async (argv, code, message) => {
    const { stdout, exitCode, changes } = await canaryAndChanges(folder, [
      'branch',
      '--json',
      ...argv,
    ]);
    expect(JSON.parse(stdout).error).toMatchObject({ code, message });
    expect({ exitCode, changes }).toEqual({ exitCode: 2, changes: [] });
  });

  test('in a repository without a commit is rejected', async () => {
    const empty = await emptyFolder();
    await git(empty, 'init', '--quiet', '--initial-branch=main');
    expect((await canary(empty, ['branch', 'canary'])).stderr).toBe(
      '✖ There is no branch `main`.\n  Create it with `canary branch main`. There are: none, commit something first.\n',
    );
  });
});

describe('apply', () => {
  test('prints the patches and the new commit of the branch', async () => {
    await branch(folder, 'canary', { 'a.txt': 'a\n' });
    const patch = await diffPatch('b.diff', ADDS_FILE);
    const { stdout, stderr, exitCode } = await canary(folder, ['apply', patch, '-m', 'Add it']);
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: `Applied ${patch}: canary is at ${await shortOf('canary')}.\n`,
      stderr: '',
      exitCode: 0,
    });
    expect(await git(folder, 'log', '-1', '--format=%B', 'canary')).toBe('Add it');
    expect(await canary(folder, ['apply', patch])).toEqual({
      stdout: `Nothing was changed: canary is at ${await shortOf('canary')}.\n`,
      stderr: '· canary holds b.diff already.\n',
      exitCode: 0,
    });
  });

  test('to a branch that does not exist names the command that creates it', async () => {
    const patch = await diffPatch('b.diff', ADDS_FILE);
    expect(await canaryAndChanges(folder, ['apply', patch])).toEqual({
      stdout: '',
      stderr:
        '✖ There is no branch `canary`.\n  Create it with `canary branch canary`. There are: main.\n',
      exitCode: 2,
      changes: [],
    });
  });
});

describe('push', () => {
  let remote: string;

  beforeEach(async () => {
    remote = await emptyFolder();
    await git(remote, 'init', '--quiet', '--bare');
    await branch(folder, 'canary', { 'a.txt': 'a\n' });
  });

  test('without a remote is rejected', async () => {
    expect(await canaryAndChanges(folder, ['push'])).toEqual({
      stdout: '',
      stderr:
        '✖ There is no remote `deploy`.\n  There are none; `canary remote add` creates one.\n',
      exitCode: 2,
      changes: [],
    });
  });

  test('shows the output of the remote and the commit of the branch', async () => {
    await git(folder, 'remote', 'add', 'origin', remote);
    await writeFiles(folder, {
      'canary.yaml': `${CANARY}git: { remote: origin, canary: canary }\n`,
    });
    const hook = '#!/bin/sh\necho welcome\n';
    await writeFiles(remote, { 'hooks/post-receive': hook });
    await chmod(`${remote}/hooks/post-receive`, 0o755);
    const at = await shortOf('canary');
    expect(await canary(folder, ['push'])).toEqual({
      stdout: `Pushed canary to origin: it is at ${at} there.\n`,
      stderr: 'remote: welcome\n',
      exitCode: 0,
    });
    expect(await canary(folder, ['push'])).toEqual({
      stdout: `origin has canary at ${at} already.\n`,
      stderr: '',
      exitCode: 0,
    });
  });

  test('with --json prints one document', async () => {
    await git(folder, 'remote', 'add', 'web', remote);
    const commit = await commitOf('main');
    const { stdout, stderr } = await canary(folder, ['push', 'web', '-b', 'main', '--json']);
    expect({ stdout, stderr }).toEqual({
      stdout: `${JSON.stringify({ remote: 'web', branch: 'main', commit, changed: true })}\n`,
      stderr: '',
    });
  });
});
