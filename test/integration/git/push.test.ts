import { chmod, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import type { CanaryEvent } from '../../../src/rollout/events.ts';
import { push } from '../../../src/workflows/push.ts';
import { contextIn } from '../../support/fixture-context.ts';
import {
  branch,
  emptyFolder,
  git,
  pipe,
  repository,
  writeFiles,
} from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';
import { within } from '../../support/patience.ts';

/** After this time a hook ends by itself if a test fails. */
const LIMIT_S = within(60_000) / 1000;

let folder: string;
let remote: string;
let events: CanaryEvent[];

beforeEach(async () => {
  folder = await repository();
  await branch(folder, 'canary', { 'a.txt': 'a\n' });
  remote = await emptyFolder();
  await git(remote, 'init', '--quiet', '--bare');
  await git(folder, 'remote', 'add', 'deploy', remote);
  events = [];
});

const context = (onEvent: (event: CanaryEvent) => unknown = (event) => events.push(event)) => ({
  ...contextIn(folder),
  emit: (event: CanaryEvent) => void onEvent(event),
});
const run = (options: Partial<Parameters<typeof push>[1]> = {}) =>
  push(context(), { force: false, releases: false, ...options });
const there = (ref = 'canary') => git(remote, 'rev-parse', `refs/heads/${ref}`);

async function hook(home: string, name: string, script: string): Promise<void> {
  await writeFiles(join(home, 'hooks'), { [name]: `#!/bin/sh\n${script}\n` });
  await chmod(join(home, 'hooks', name), 0o755);
}

/** A commit with the same parent as that of the branch. */
async function rewrite(home: string, message: string): Promise<string> {
  const identity = ['-c', 'user.name=Eve', '-c', 'user.email=eve@example.com'];
  const commit = await git(home, ...identity, 'commit-tree', '-m', message, 'canary^{tree}');
  await git(home, 'update-ref', 'refs/heads/canary', commit);
  return commit;
}

test('the remote’s output arrives while it still works', async () => {
  // The remote continues only after its output was received here.
  const heard = await pipe();
  await hook(
    remote,
    'pre-receive',
    `echo 'building é'\ntimeout ${LIMIT_S} cat '${heard}' > /dev/null\necho done`,
  );
  const lines: string[] = [];
  await push(
    context((event) => {
      if (event.type !== 'remote-said') return;
      lines.push(event.line);
      if (lines.length === 1) void writeFile(heard, 'go on\n');
    }),
    { force: false, releases: false },
  );
  expect(lines).toEqual(['building é', 'done']);
});

test('a second push has nothing to do', async () => {
  expect(await run()).toMatchObject({ changed: true });
  expect(await run()).toMatchObject({ changed: false });
});

describe('a rejected push', () => {
  test('has the reason if the remote has other commits', async () => {
    await run();
    await rewrite(folder, 'Mine');
    const error = await refusal(run);
    expect(error).toMatchObject({ code: 'push-refused', exitCode: 1 });
    expect(error.details).toContain('refs/heads/canary [rejected] (non-fast-forward)');
    expect(error.hint).toMatch(/git fetch deploy.*merge or rebase/);
    expect(error.hint).not.toContain('--force');
  });

  test('of a hook of the remote has the hook’s message', async () => {
    await hook(remote, 'pre-receive', 'echo the canary is being promoted; exit 1');
    const error = await refusal(run);
    expect(error.details).toContain('remote: the canary is being promoted');
    expect(error.hint).toBe(
      'The remote rejected it; its message is above. Nothing was changed there.',
    );
  });

  test.each(['', '>&2'])('of the local pre-push hook has its output (%s)', async (where) => {
    await hook(join(folder, '.git'), 'pre-push', `echo lint failed ${where}; exit 1`);
    const error = await refusal(run);
    expect(error.code).toBe('push-refused');
    expect(error.details).toContain('lint failed');
    expect(error.hint).toContain('pre-push hook');
  });

  test('names a remote that does not exist there', async () => {
    await git(folder, 'remote', 'set-url', 'deploy', '/nowhere');
    expect((await refusal(run)).details.join('\n')).toContain("'/nowhere'");
  });

  test.each(['http', 'ssh'])('never shows a password of an %s URL', async (scheme) => {
    await git(folder, 'remote', 'set-url', 'deploy', `${scheme}://ada:s3cret@127.0.0.1:9/x`);
    const error = await refusal(run);
    expect(JSON.stringify([error.message, error.details, error.hint, events])).not.toContain(
      's3cret',
    );
  });

  test('to an unknown remote names the known ones', async () => {
    const error = await refusal(() => run({ remote: 'nope' }));
    expect(error).toMatchObject({ code: 'remote-unknown', exitCode: 2 });
    expect(error.hint).toBe('There are: deploy. `canary remote add` makes another.');
  });

  test('of an unknown branch is an error', async () => {
    expect((await refusal(() => run({ branch: 'nope' }))).code).toBe('branch-unknown');
  });
});

describe('with --force', () => {
  test('what was last seen there is replaced', async () => {
    await run();
    const mine = await rewrite(folder, 'Mine');
    expect(await run({ force: true })).toMatchObject({ commit: mine, changed: true });
    expect(await there()).toBe(mine);
  });

  test('what was not seen there is kept', async () => {
    await run();
    const theirs = await rewrite(remote, 'Theirs');
    await rewrite(folder, 'Mine');
    const error = await refusal(() => run({ force: true }));
    expect(error.details).toContain('refs/heads/canary [rejected] (stale info)');
    expect(error.hint).toContain('git fetch deploy');
    expect(await there()).toBe(theirs);
  });
});

test('release records are pushed only on request', async () => {
  expect(await run({ releases: true })).toMatchObject({ changed: true });
  await git(folder, 'update-ref', 'refs/canary/releases/r1', 'main');
  const refs = () => git(remote, 'for-each-ref', '--format=%(refname)');
  await run();
  expect(await refs()).toBe('refs/heads/canary');
  expect(await run({ releases: true })).toMatchObject({ changed: false });
  expect(await refs()).toBe('refs/canary/releases/r1\nrefs/heads/canary');
  // As when a paused release is promoted: its record is a new tag with no parent.
  const commit = await git(folder, 'commit-tree', '-m', 'r1', 'main^{tree}');
  await git(folder, 'update-ref', 'refs/canary/releases/r1', commit);
  await run({ releases: true });
  expect(await git(remote, 'rev-parse', 'refs/canary/releases/r1')).toBe(commit);
});

test('push options reach the hooks of the remote', async () => {
  const seen = join(await emptyFolder(), 'seen');
  await git(remote, 'config', 'receive.advertisePushOptions', 'true');
  await hook(remote, 'pre-receive', `echo "$GIT_PUSH_OPTION_0|$GIT_PUSH_OPTION_1" >'${seen}'`);
  const ref = 'refs/heads/canary';
  const options = ['weight=5', '--exec=$(id) x'];
  const one = { remote: 'deploy', ref, force: false, options, also: [] };
  await context().git.push(folder, one, () => undefined);
  expect(await readFile(seen, 'utf8')).toBe('weight=5|--exec=$(id) x\n');
});

test('an interrupt ends the push', async () => {
  const reached = new AbortController();
  const end = await pipe();
  await hook(remote, 'pre-receive', `echo waiting\ntimeout ${LIMIT_S} cat '${end}'`);
  const stopping = {
    ...context(() => reached.abort(new Error('stopped by a test'))),
    signal: reached.signal,
  };
  const options = { force: false, releases: false };
  await expect(push(stopping, options)).rejects.toThrow('stopped by a test');
  // The hook does not notice the interrupt; this ends it.
  await writeFile(end, 'end\n');
});
