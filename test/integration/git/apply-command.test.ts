import { chmod } from 'node:fs/promises';
import { dirname } from 'node:path';
import { execa } from 'execa';
import { beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest';
import { canary } from '../../support/fixture-cli.ts';
import { ADDS_FILE, diffPatch, mailPatch } from '../../support/fixture-patch.ts';
import {
  branch,
  emptyFolder,
  git,
  repository,
  type UserState,
  userState,
  writeFiles,
} from '../../support/fixture-project.ts';

const TEXT = Array.from({ length: 9 }, (_, line) => `line ${line}\n`);
const withLine = (at: number, text: string) =>
  TEXT.map((line, index) => (index === at ? `${text}\n` : line)).join('');

let folder: string;
let before: UserState;

beforeEach(async () => {
  folder = await repository({ 'text.txt': TEXT.join('') });
  await branch(folder, 'canary', { 'ours.txt': 'ours\n' });
  before = await userState(folder);
});

const subjects = () => git(folder, 'log', '--reverse', '--format=%s', 'main..canary');

/** Applies a patch, and expects a rejection that changes nothing. */
async function refused(...argv: string[]) {
  before = await userState(folder);
  const { stdout } = await canary(folder, ['apply', '--json', ...argv]);
  const { error } = JSON.parse(stdout);
  expect(await userState(folder)).toEqual(before);
  return error;
}

/** A diff, and a mail, that change a line next to one that the branch has changed meanwhile. */
async function madeBefore(line: number, text: string): Promise<Record<'mail' | 'diff', string>> {
  const mail = await mailPatch(folder, 'main', { 'text.txt': withLine(line, text) }, 'Made before');
  const diff = await git(dirname(mail), 'diff', '--full-index', 'HEAD~1');
  return { mail, diff: await diffPatch('made.diff', `${diff}\n`) };
}

describe('with --3way', () => {
  test.each(['mail', 'diff'] as const)('a %s merges with what the branch changed', async (kind) => {
    const patch = (await madeBefore(4, 'theirs'))[kind];
    await git(folder, 'switch', '--quiet', 'canary');
    await writeFiles(folder, { 'text.txt': withLine(2, 'ours') });
    await git(folder, 'commit', '--quiet', '--all', '--message', 'Ours');
    await git(folder, 'switch', '--quiet', 'main');
    expect(await refused(patch)).toMatchObject({ code: 'patch-refused' });
    const { exitCode } = await canary(folder, ['apply', patch, '--3way']);
    expect(exitCode).toBe(0);
    expect(await git(folder, 'show', 'canary:text.txt')).toBe(
      withLine(2, 'ours').replace('line 4', 'theirs').trimEnd(),
    );
    expect(await subjects()).toBe(
      `Work on canary\nOurs\n${kind === 'mail' ? 'Made before' : 'Apply made.diff'}`,
    );
  });

  test.each(['mail', 'diff'] as const)('a conflict of a %s names the paths', async (kind) => {
    const patch = (await madeBefore(4, 'theirs'))[kind];
    await git(folder, 'switch', '--quiet', 'canary');
    await writeFiles(folder, { 'text.txt': withLine(4, 'ours') });
    await git(folder, 'commit', '--quiet', '--all', '--message', 'Ours');
    await git(folder, 'switch', '--quiet', 'main');
    const good = await diffPatch('good.diff', ADDS_FILE);
    expect(await refused('--3way', good, patch)).toMatchObject({
      code: 'patch-refused',
      message: expect.stringMatching(/^The patch .* conflicts with branch `canary`\.$/),
      details: ['text.txt'],
    });
  });

  test.each(['mail', 'diff'] as const)(
    'a %s that the branch already has makes no commit',
    async (kind) => {
      const patch = (await madeBefore(4, 'theirs'))[kind];
      await canary(folder, ['apply', patch]);
      const commit = await git(folder, 'rev-parse', 'canary');
      const again = await canary(folder, ['apply', patch, '--3way', '--json']);
      expect(JSON.parse(again.stdout)).toEqual({ branch: 'canary', commit, applied: [] });
    },
  );
});

describe('a commit respects', () => {
  const hook = async (name: string, script: string) => {
    await writeFiles(folder, { [`.git/hooks/${name}`]: `#!/bin/sh\n${script}\n` });
    await chmod(`${folder}/.git/hooks/${name}`, 0o755);
  };

  test.each(['pre-commit', 'commit-msg'])('a %s hook that rejects a diff', async (name) => {
    await hook(name, 'echo not on Fridays; exit 1');
    const error = await refused(await diffPatch('a.diff', ADDS_FILE));
    expect(error).toMatchObject({
      code: 'commit-failed',
      details: ['git commit:', 'not on Fridays'],
    });
  });

  test.each(['applypatch-msg', 'pre-applypatch'])('a %s hook that rejects a mail', async (name) => {
    await hook(name, 'echo not on Fridays; exit 1');
    const error = await refused(await mailPatch(folder, 'canary', { 'new.txt': 'new\n' }));
    expect(error.code).toBe('commit-failed');
    expect(error.details.join('\n')).toContain('not on Fridays');
  });

  test('signing of diffs and mails', async () => {
    const keys = await emptyFolder();
    await execa('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', `${keys}/key`]);
    for (const [name, value] of [
      ['gpg.format', 'ssh'],
      ['user.signingKey', `${keys}/key.pub`],
      ['commit.gpgSign', 'true'],
    ] as const)
      await git(folder, 'config', name, value);
    const mail = await mailPatch(folder, 'canary', { 'other.txt': 'other\n' });
    await canary(folder, ['apply', mail, await diffPatch('a.diff', ADDS_FILE)]);
    for (const commit of ['canary', 'canary~1'])
      expect(await git(folder, 'cat-file', 'commit', commit)).toContain('BEGIN SSH SIGNATURE');
    await git(folder, 'config', 'user.signingKey', `${keys}/none.pub`);
    const error = await refused(
      await diffPatch('b.diff', ADDS_FILE.replaceAll('new.txt', 'b.txt')),
    );
    expect(error.code).toBe('commit-failed');
  });

  test('author and committer, also from the environment', async () => {
    const env = {
      GIT_AUTHOR_NAME: 'Joan',
      GIT_AUTHOR_EMAIL: 'joan@example.com',
      GIT_AUTHOR_DATE: '2025-01-02T03:04:05+0100',
      GIT_COMMITTER_NAME: 'CI',
      GIT_COMMITTER_EMAIL: 'ci@example.com',
      // As set in a hook; it must not lead to another repository.
      GIT_DIR: '/nowhere',
      GIT_INDEX_FILE: '/nowhere/index',
      EDITOR: 'false',
    };
    const bin = new URL('../../../bin/canary.js', import.meta.url).pathname;
    const patch = await diffPatch('a.diff', ADDS_FILE);
    await execa(process.execPath, [bin, 'apply', patch, '-m', '--upload-pack=x'], {
      cwd: folder,
      env,
    });
    expect(await git(folder, 'log', '-1', '--format=%an %ae %aI %cn %ce|%B', 'canary')).toBe(
      'Joan joan@example.com 2025-01-02T03:04:05+01:00 CI ci@example.com|--upload-pack=x',
    );
  });

  test('and reports a missing user name', async () => {
    vi.stubEnv('GIT_CONFIG_GLOBAL', '/dev/null');
    vi.stubEnv('GIT_CONFIG_NOSYSTEM', '1');
    onTestFinished(() => void vi.unstubAllEnvs());
    await git(folder, 'config', '--unset', 'user.name');
    await git(folder, 'config', '--unset', 'user.email');
    await git(folder, 'config', 'user.useConfigOnly', 'true');
    const error = await refused(await diffPatch('a.diff', ADDS_FILE));
    expect(error.code).toBe('commit-failed');
    expect(error.details.join('\n')).toContain('user.email');
  });
});

test.each([
  ['a folder', '.'],
  ['a path that is not there', 'nowhere.patch'],
])('%s is rejected as a patch', async (_, path) => {
  expect(await refused(path)).toMatchObject({ code: 'patch-missing', hint: 'Check the path.' });
});
