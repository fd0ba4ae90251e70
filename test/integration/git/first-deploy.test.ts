import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { DeployTarget } from '../../../src/documents/git.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { FileLock } from '../../../src/system/state/lock.ts';
import { deployFirst, finishFirst } from '../../../src/workflows/push-to-deploy/first-push.ts';
import { deployBranches, withConfig } from '../../../src/workflows/push-to-deploy/target.ts';
import { contextIn } from '../../support/fixture-context.ts';
import {
  CANARY,
  COMPOSE,
  emptyFolder,
  type Files,
  git,
  repository,
  writeFiles,
} from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

const MAIN = 'refs/heads/main';

let laptop: string;
let target: DeployTarget;

beforeEach(async () => {
  laptop = await repository({ 'readme.md': 'The shop\n' });
  const server = await emptyFolder();
  const bare = join(server, 'shop.git');
  await git(server, 'init', '--quiet', '--bare', 'shop.git');
  target = { repository: bare, directory: join(server, 'shop'), project: '' };
});

const context = () => contextIn(target.repository);
const first = (commit: string) => deployFirst(context(), target, { ref: MAIN, commit });

/** Commits files on the laptop, and transfers the objects as a push does before the hook runs. */
async function send(files: Files): Promise<string> {
  await writeFiles(laptop, files);
  await git(laptop, 'add', '--all');
  await git(laptop, 'commit', '--quiet', '--allow-empty', '--message', 'Try');
  const commit = await git(laptop, 'rev-parse', 'HEAD');
  await git(laptop, 'push', '--quiet', target.repository, `${commit}:refs/sent/${commit}`);
  return commit;
}

function branches(to: string) {
  return deployBranches(context(), target, [{ ref: MAIN, from: undefined, to }]);
}

describe('a first push that is rejected', () => {
  test('can be fixed, error by error', async () => {
    const mends = [
      [{}, 'compose-file-missing'],
      [{ 'docker-compose.yml': COMPOSE }, 'config-missing'],
      [{ 'canary.yaml': 'version: 1\nservces: {}\n' }, 'config-invalid'],
      [{ 'canary.yaml': CANARY.replace('discounts', 'discount') }, 'service-unknown'],
    ] as const;
    for (const [files, code] of mends) {
      const commit = await send(files);
      expect(await refusal(() => first(commit))).toMatchObject({ code });
      expect(await git(target.directory, 'rev-parse', 'HEAD')).toBe(commit);
      expect(await git(target.repository, 'for-each-ref', 'refs/heads')).toBe('');
    }
    const mended = await send({ 'canary.yaml': `${CANARY}git: { stable: trunk }\n` });
    expect(await branches(mended)).toMatchObject({ stable: 'trunk' });
  });

  test('is rejected at once while another one runs', async () => {
    const commit = await send({});
    const lock = new FileLock(join(target.repository, 'canary/receive.lock'), systemClock);
    const release = await lock.acquire('receive');
    expect(await refusal(() => first(commit))).toMatchObject({ code: 'lock-held' });
    await release();
    expect(await refusal(() => first(commit))).toMatchObject({ code: 'compose-file-missing' });
  });

  test('changes nothing if the branch was created meanwhile', async () => {
    const [theirs, ours] = [await send({}), await send({})];
    await git(target.repository, 'update-ref', MAIN, theirs);
    expect(await refusal(() => first(ours))).toMatchObject({ code: 'branch-moved' });
    expect(await git(target.repository, 'worktree', 'list')).not.toContain('\n');
  });
});

describe('the settings of a push', () => {
  const TRUNK = `${CANARY}git: { stable: trunk }\n`;

  test('are production’s once its branch exists, and the pushed ones until then', async () => {
    const pushed = await send({ 'canary.yaml': TRUNK });
    await writeFiles(target.directory, { 'canary.yaml': CANARY });
    expect(await branches(pushed)).toMatchObject({ stable: 'trunk' });
    await git(target.repository, 'update-ref', MAIN, pushed);
    expect(await branches(pushed)).toMatchObject({ stable: 'main' });
  });

  test('are the pushed ones if production’s do not parse, else an error', async () => {
    const without = await send({});
    const pushed = await send({ 'canary.yaml': TRUNK });
    await writeFiles(target.directory, { 'canary.yaml': 'version: [\n' });
    await git(target.repository, 'update-ref', MAIN, without);
    expect(await branches(pushed)).toMatchObject({ stable: 'trunk' });
    const used = await withConfig(context(), target, pushed, async ({ options }) => options.config);
    expect(used).toContain('canary-pushed-');
    expect(await refusal(() => branches(without))).toMatchObject({ code: 'config-invalid' });
  });

  test('are production’s if the push has none', async () => {
    await writeFiles(target.directory, { 'canary.yaml': TRUNK });
    expect(await branches(await send({}))).toMatchObject({ stable: 'trunk' });
  });
});

describe('production that a killed first push left without a branch', () => {
  beforeEach(async () => {
    const commit = await send({});
    await refusal(() => first(commit));
    await git(target.repository, 'update-ref', MAIN, commit);
  });
  const finish = () => finishFirst(context(), target, { ref: MAIN });
  const head = () => git(target.directory, 'rev-parse', '--abbrev-ref', 'HEAD');

  test('is put on its branch', async () => {
    expect(await head()).toBe('HEAD');
    await finish();
    expect(await head()).toBe('main');
    await finish();
    expect(await head()).toBe('main');
  });

  test('is left alone at another commit, or if it is gone', async () => {
    await git(target.repository, 'update-ref', MAIN, await send({}));
    await finish();
    expect(await head()).toBe('HEAD');
    await rm(target.directory, { recursive: true });
    await finish();
  });
});
