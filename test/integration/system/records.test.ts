import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { git as client } from '../../../src/system/git/git.ts';
import { emptyFolder, fingerprint, git, repository } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const MESSAGE = 'Release r1: paused\n\nMöwen & "quotes" %(refname) %00\n\nState: paused\nReason:\n';
let folder: string;
let commit: string;

beforeEach(async () => {
  folder = await repository();
  commit = await git(folder, 'rev-parse', 'HEAD');
});

const write = (id: string, message = MESSAGE, directory = folder) =>
  client.writeRecord(directory, { id, commit, message });

test('a record is an annotated tag of the commit, and is read back exactly', async () => {
  expect(await client.readRecords(folder)).toEqual([]);
  await write('r1');
  await write('r2', '#first line\n');
  expect(await client.readRecords(folder)).toEqual([
    { id: 'r1', message: MESSAGE },
    { id: 'r2', message: '#first line\n' },
  ]);
  expect(await git(folder, 'rev-parse', 'refs/canary/releases/r1^{commit}')).toBe(commit);
  expect(await git(folder, 'cat-file', 'tag', 'refs/canary/releases/r1')).toMatch(
    /^tag canary\/r1\ntagger Ada <ada@example\.com> \d+ [+-]\d{4}$/m,
  );
  expect(await git(folder, 'fsck', '--strict')).toBe('');
});

test('a record is visible in plain git, and people’s own tags stay untouched', async () => {
  await write('r1');
  expect(await git(folder, 'show', '--no-patch', 'refs/canary/releases/r1')).toContain('Möwen');
  expect(await git(folder, 'log', '--decorate-refs=refs/canary/', '--format=%d')).toBe(
    ' (tag: refs/canary/releases/r1)',
  );
  const format = '--format=%(contents:trailers:key=State,valueonly)';
  expect((await git(folder, 'for-each-ref', format, 'refs/canary/releases')).trim()).toBe('paused');
  expect(await git(folder, 'tag')).toBe('');
  expect(await git(folder, 'describe', '--always', '--tags')).toBe(commit.slice(0, 7));
  const clone = join(await emptyFolder(), 'clone');
  await git(folder, 'clone', '--quiet', folder, clone);
  await git(clone, 'fetch', '--quiet', '--tags');
  expect(await client.readRecords(clone)).toEqual([]);
  await git(clone, 'fetch', '--quiet', 'origin', 'refs/canary/*:refs/canary/*');
  expect(await client.readRecords(clone)).toEqual([{ id: 'r1', message: MESSAGE }]);
});

test('records are pushed and fetched on request, changed ones too', async () => {
  const [bare, clone] = [join(await emptyFolder(), 'bare.git'), join(await emptyFolder(), 'clone')];
  await git(folder, 'clone', '--quiet', '--bare', folder, bare);
  await git(folder, 'clone', '--quiet', bare, clone);
  for (const message of ['first\n', 'second\n']) {
    await write('r1', message);
    await git(folder, 'push', '--quiet', bare, '+refs/canary/releases/*:refs/canary/releases/*');
    await git(clone, 'fetch', '--quiet', 'origin', '+refs/canary/*:refs/canary/*');
    expect(await client.readRecords(clone)).toEqual([{ id: 'r1', message }]);
  }
});

test('a later record replaces the earlier one, and none is left after removal', async () => {
  await write('r1');
  await write('r1', 'second\n');
  expect(await client.readRecords(folder)).toEqual([{ id: 'r1', message: 'second\n' }]);
  await client.removeRecord(folder, 'r1');
  await client.removeRecord(folder, 'r1');
  expect(await client.readRecords(folder)).toEqual([]);
});

test('only the tag is added to the repository, and the working tree is unchanged', async () => {
  const before = Object.keys(await fingerprint(folder));
  await write('r1');
  const added = Object.keys(await fingerprint(folder)).filter((path) => !before.includes(path));
  expect(added.filter((path) => !path.startsWith('.git/objects/'))).toEqual([
    '.git/refs/canary/releases/r1',
  ]);
  expect(await readdir(join(folder, '.git'))).not.toContainEqual(expect.stringMatching(/^canary-/));
});

test.each(['20261121-124247-defdce9', 'a/b', '-x', 'ä', 'x.y'])('accepts the id %s', async (id) => {
  await write(id);
  expect(await client.readRecords(folder)).toEqual([{ id, message: MESSAGE }]);
  await client.removeRecord(folder, id);
  expect(await client.readRecords(folder)).toEqual([]);
});

test.each(['../../heads/main', 'a b', 'x..y', 'x.lock', '', 'a\nb'])(
  'an id that is not a valid name in git (%j) is rejected and changes no ref',
  async (id) => {
    const before = await git(folder, 'for-each-ref');
    expect(await refusal(() => write(id))).toMatchObject({ code: 'git-failed' });
    expect(await git(folder, 'for-each-ref')).toBe(before);
  },
);

test('a missing commit is rejected, so that the repository stays intact', async () => {
  const gone = 'd'.repeat(40);
  const error = await refusal(() =>
    client.writeRecord(folder, { id: 'r1', commit: gone, message: MESSAGE }),
  );
  expect(error.message).toBe(`Commit ${gone} is not in this repository.`);
  expect(await client.readRecords(folder)).toEqual([]);
});

test('without a git user, canary is the tagger', async () => {
  await git(folder, 'config', 'user.useConfigOnly', 'true');
  await git(folder, 'config', '--unset', 'user.name');
  await git(folder, 'config', '--unset', 'user.email');
  const { GIT_CONFIG_GLOBAL: before } = process.env;
  process.env.GIT_CONFIG_GLOBAL = '/dev/null';
  try {
    await write('r1');
  } finally {
    if (before === undefined) delete process.env.GIT_CONFIG_GLOBAL;
    else process.env.GIT_CONFIG_GLOBAL = before;
  }
  expect(await git(folder, 'cat-file', 'tag', 'refs/canary/releases/r1')).toMatch(
    /^tagger canary <canary@localhost> \d+ \+0000$/m,
  );
  expect(await git(folder, 'fsck', '--strict')).toBe('');
});

test('a bare repository and a linked worktree store records of the repository', async () => {
  const bare = join(await emptyFolder(), 'bare.git');
  await git(folder, 'clone', '--quiet', '--bare', folder, bare);
  await write('r1', MESSAGE, bare);
  expect(await client.readRecords(bare)).toEqual([{ id: 'r1', message: MESSAGE }]);
  const tree = join(await emptyFolder(), 'tree');
  await git(folder, 'worktree', 'add', '--quiet', '--detach', tree);
  await write('r2', MESSAGE, tree);
  expect(await client.readRecords(folder)).toEqual([{ id: 'r2', message: MESSAGE }]);
  expect(await client.readRecords(tree)).toEqual([{ id: 'r2', message: MESSAGE }]);
});

test('a folder without a repository is rejected', async () => {
  const outside = await emptyFolder();
  expect(await refusal(() => client.readRecords(outside))).toMatchObject({
    code: 'repository-missing',
    exitCode: 2,
  });
});
