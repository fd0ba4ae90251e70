import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { patiently } from '../../src/cli/lock-wait.ts';
import { layoutOf } from '../../src/project/layout.ts';
import { systemClock } from '../../src/system/clock.ts';
import { processHost } from '../../src/system/host.ts';
import { FileLock, type LockOwner } from '../../src/system/state/lock.ts';
import { canary, canaryAndChanges } from '../support/fixture-cli.ts';
import { contextIn } from '../support/fixture-context.ts';
import { formerOwner } from '../support/fixture-lock.ts';
import { COMPOSE, emptyFolder } from '../support/fixture-project.ts';
import { refusal } from '../support/fixture-refusal.ts';

async function shop() {
  const folder = await emptyFolder();
  await writeFile(join(folder, 'docker-compose.yml'), COMPOSE);
  return { folder, lock: new FileLock(layoutOf(folder).lock, systemClock) };
}

/** A shop whose lock a command has that does not run here. */
async function leftBy(change: Partial<LockOwner>) {
  const { folder } = await shop();
  await mkdir(dirname(layoutOf(folder).lock), { recursive: true });
  await writeFile(layoutOf(folder).lock, JSON.stringify(formerOwner(change)));
  return folder;
}

const FORMER = `(ada, process ${process.pid} on ${processHost()}, since 2026-01-01T00:00:00.000Z)`;

describe('lock status', () => {
  test('says that the lock is free, and changes nothing', async () => {
    const { folder } = await shop();
    const { stdout, exitCode, changes } = await canaryAndChanges(folder, ['lock', 'status']);
    expect({ stdout, exitCode, changes }).toEqual({
      ...{ stdout: 'No command has the lock.\n', exitCode: 0, changes: [] },
    });
  });

  test('names a command that runs', async () => {
    const { folder, lock } = await shop();
    const release = await lock.acquire('promote');
    const { stdout } = await canary(folder, ['lock', 'status']);
    expect(stdout).toContain(`\`canary promote\` is running (`);
    expect(stdout).toContain(`process ${process.pid} on ${processHost()}, since 2`);
    const { stdout: json } = await canary(folder, ['--json', 'lock', 'status']);
    expect(JSON.parse(json)).toMatchObject({
      holder: { command: 'promote', pid: process.pid, isRunning: true },
      isTorn: false,
    });
    await release();
  });

  test('knows one that is gone, one that it cannot look at, and a file that names none', async () => {
    const gone = await canary(await leftBy({}), ['lock', 'status']);
    expect(gone.stdout).toBe(
      `\`canary deploy\` had the lock and is gone ${FORMER}. The next command takes it over.\n`,
    );
    const elsewhere = await canary(await leftBy({ host: 'other' }), ['lock', 'status']);
    expect(elsewhere.stdout).toContain('cannot be seen from here');
    expect(elsewhere.stdout).toContain('`canary lock release`');
    const torn = await canary(await leftBy({ token: '' }), ['lock', 'status']);
    expect(torn.stdout).toContain('names no command');
  });
});

describe('lock release', () => {
  test.each([
    ['gone', {}],
    ['on another host', { host: 'other' }],
    ['named no more', { token: '' }],
  ])('frees a lock whose owner is %s', async (_, change) => {
    const folder = await leftBy(change);
    const { stdout, exitCode } = await canary(folder, ['lock', 'release']);
    expect(stdout).toContain('The lock is free.');
    expect(exitCode).toBe(0);
    const again = await canary(folder, ['lock', 'release']);
    expect(again.stdout).toBe('No command has the lock: there is nothing to release.\n');
    expect(again.exitCode).toBe(0);
  });

  test('leaves it to a command that runs, unless it is forced', async () => {
    const { folder, lock } = await shop();
    await lock.acquire('promote');
    const refused = await canaryAndChanges(folder, ['lock', 'release']);
    expect(refused.stderr).toContain('`canary promote` still runs');
    expect({ exitCode: refused.exitCode, changes: refused.changes }).toEqual({
      ...{ exitCode: 5, changes: [] },
    });
    const forced = await canary(folder, ['lock', 'release', '--force']);
    expect(forced.stdout).toContain('That command still runs');
    expect(forced.exitCode).toBe(0);
    expect(await lock.holder()).toBeUndefined();
  });

  test('takes nothing from a command that has just got it', async () => {
    const { lock } = await shop();
    const end = await lock.acquire('deploy');
    const seen = await lock.look();
    await end();
    await lock.acquire('promote');
    expect(seen && (await lock.breakOpen(seen))).toBe(false);
    expect(await lock.holder()).toMatchObject({ command: 'promote' });
  });
});

describe('--lock-wait', () => {
  test('waits for the command that has the lock, says so once, and begins anew', async () => {
    const { folder, lock } = await shop();
    const end = await lock.acquire('deploy');
    const told: unknown[] = [];
    const emit = (event: unknown) => {
      told.push(event);
      // The other command ends once somebody waits for it.
      void end();
    };
    const tried: string[] = [];
    await patiently({ ...contextIn(folder), emit }, 60_000, async () => {
      tried.push('again');
      await (await lock.acquire('promote'))();
    });
    expect(tried).toEqual(['again', 'again']);
    expect(told).toEqual([
      {
        type: 'notice',
        text: expect.stringMatching(/^Waiting for `canary deploy` of .* to end\.$/),
      },
    ]);
  });

  test('ends with the refusal when the time is over, or the user has enough', async () => {
    const { folder, lock } = await shop();
    await lock.acquire('deploy');
    const action = () => lock.acquire('promote');
    const late = await refusal(() => patiently(contextIn(folder), 1, action));
    expect(late.code).toBe('lock-held');
    const user = new AbortController();
    const context = { ...contextIn(folder), signal: user.signal, emit: () => user.abort() };
    await expect(patiently(context, 60_000, action)).rejects.toThrow('aborted');
  });

  test('does not wait for anything else, and needs a duration', async () => {
    const { folder } = await shop();
    const { exitCode, stderr } = await canary(folder, ['--lock-wait', '1h', 'lock', 'wrong']);
    expect(exitCode).toBe(2);
    expect(stderr).toContain('wrong');
    const { stderr: unclear } = await canary(folder, ['--lock-wait', 'soon', 'lock', 'status']);
    expect(unclear).toContain('`soon` is not a duration');
  });
});
