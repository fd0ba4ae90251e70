import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasCode } from '../../../src/errors.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { processHost } from '../../../src/system/host.ts';
import { FileLock, type LockOwner } from '../../../src/system/state/lock.ts';
import { formerOwner } from '../../support/fixture-lock.ts';
import { emptyFolder } from '../../support/fixture-project.ts';
import { refusal } from '../../support/fixture-refusal.ts';

async function newLock() {
  const folder = await emptyFolder();
  const path = join(folder, 'lock.json');
  return { folder, path, lock: new FileLock(path, systemClock) };
}

/** A lock file as a killed process leaves it. */
async function abandon(path: string, change: Partial<LockOwner> = {}): Promise<void> {
  const child = spawn('true', { stdio: 'ignore' });
  await once(child, 'exit');
  await writeFile(path, JSON.stringify(formerOwner({ pid: child.pid ?? 0, ...change })));
}

/** Lets many try at once; returns the release functions of those that succeeded. */
async function race(path: string, many: number) {
  const outcomes = await Promise.allSettled(
    Array.from({ length: many }, () => new FileLock(path, systemClock).acquire('deploy')),
  );
  for (const each of outcomes)
    if (each.status === 'rejected') expect(hasCode(each.reason, 'lock-held')).toBe(true);
  return outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value] : []));
}

describe('the lock of a project', () => {
  test('has one owner, names it, and is gone when released', async () => {
    const { folder, lock } = await newLock();
    const release = await lock.acquire('deploy');
    const error = await refusal(() => lock.acquire('promote'));
    expect(error).toMatchObject({ code: 'lock-held', exitCode: 5 });
    expect(error.message).toContain('`canary deploy` is running');
    expect(error.message).toContain(`process ${process.pid}`);
    expect(error.hint).toContain('canary pause');
    expect(await lock.holder()).toMatchObject({ command: 'deploy', pid: process.pid });
    await release();
    expect(await lock.holder()).toBeUndefined();
    expect(await readdir(folder)).toEqual([]);
  });

  test('goes to exactly one of twenty that try at once', async () => {
    const { folder, path } = await newLock();
    const winners = await race(path, 20);
    expect(winners).toHaveLength(1);
    expect(await readdir(folder)).toEqual(['lock.json']);
    await winners[0]?.();
    expect(await readdir(folder)).toEqual([]);
  });

  test('passes from a dead owner to exactly one of twenty', async () => {
    for (let round = 0; round < 20; round += 1) {
      const { folder, path, lock } = await newLock();
      await abandon(path);
      expect(await lock.holder()).toBeUndefined();
      const winners = await race(path, 20);
      expect(winners).toHaveLength(1);
      expect(await readdir(folder)).toEqual(['lock.json']);
    }
  });

  test('passes on even if another process now has the dead owner’s number', async () => {
    const { path, lock } = await newLock();
    await abandon(path, { pid: process.pid, processStart: '1' });
    await (await lock.acquire('deploy'))();
  });

  test('stays with a process of another host, which cannot be checked here', async () => {
    const { path, lock } = await newLock();
    await abandon(path, { host: 'elsewhere' });
    expect((await refusal(() => lock.acquire('deploy'))).message).toContain('on elsewhere');
  });

  test('stays with a process of another container that has the same host name', async () => {
    const { path, lock } = await newLock();
    const host = processHost('pid:[4026532999]');
    await abandon(path, { host });
    expect(await lock.look()).toMatchObject({ isRunning: undefined });
    const { message } = await refusal(() => lock.acquire('deploy'));
    expect(message).toContain(`on ${hostname()}-container-4026532999`);
    expect(processHost('pid:[4026531836]')).toBe(hostname());
  });

  test('released late does not remove the next owner’s lock', async () => {
    const { path, lock } = await newLock();
    const release = await lock.acquire('first');
    await abandon(path);
    const next = await lock.acquire('second');
    await release();
    expect(JSON.parse(await readFile(path, 'utf8')).command).toBe('second');
    await next();
  });

  test('of a dead owner is broken by one command, which is told whose it was', async () => {
    const { path, lock } = await newLock();
    await abandon(path);
    const told: string[] = [];
    const release = await lock.acquire(
      'second',
      ({ command, pid }) => void told.push(`${command} ${pid}`),
    );
    await release();
    await (await lock.acquire('third', () => void told.push('again')))();
    expect(told).toEqual([expect.stringMatching(/^\w+ \d+$/)]);
  });

  test('that is torn does not block forever', async () => {
    const { path, lock } = await newLock();
    await writeFile(path, '{"owner":');
    await (await lock.acquire('deploy'))();
  });

  test('that is torn, as is what took it from there, does not block forever', async () => {
    const { path, lock } = await newLock();
    await writeFile(path, '{}');
    await writeFile(`${path}.claim-torn`, '{}');
    await (await lock.acquire('deploy'))();
  });

  test('with the mark of a dead owner that claims itself does not block forever', async () => {
    const { path, lock } = await newLock();
    const token = crypto.randomUUID();
    await abandon(path, { token });
    await abandon(`${path}.claim-${token}`, { token });
    await (await lock.acquire('deploy'))();
  });

  test.each([0, -1, -2147483648])(
    'has no owner if its number, %d, means many processes',
    async (pid) => {
      const { path, lock } = await newLock();
      await abandon(path, { pid, processStart: '' });
      // Whoever is the holder gets the signal that stops a command.
      expect(await lock.holder()).toBeUndefined();
    },
  );
});
