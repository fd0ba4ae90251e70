import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/system/clock.ts';
import { FileLock } from '../../src/system/state/lock.ts';
import { startUntil } from '../support/kill.ts';
import { type ContainerFacts, type Storedog, until } from '../support/storedog.ts';
import { SERVER_FILE, trafficShop } from '../support/traffic-shop.ts';
import { userNames, visit } from '../support/visitors.ts';

describe('a deploy that is stopped', () => {
  let shop: Storedog;
  let untouched: ContainerFacts[];
  let running: ReturnType<Storedog['start']> | undefined;

  beforeAll(async () => {
    shop = await trafficShop();
    untouched = await shop.stableContainers();
    await shop.git('branch', 'other', 'canary');
    // A canary that never listens: its deploy waits until it is stopped.
    await shop.commitOn(
      'canary',
      SERVER_FILE,
      "process.on('SIGTERM', () => process.exit());\nsetInterval(() => undefined, 1000);\n",
    );
  });

  afterAll(() => shop?.dispose());

  // A canary that is not ready stays: the next deploy of its commit waits for it again.
  afterEach(async () => {
    running?.kill('SIGKILL');
    await running;
    running = undefined;
    expect(await shop.stableContainers()).toEqual(untouched);
  });

  /** Starts a deploy that waits for its canary. */
  const startWaiting = async (...args: string[]) => {
    const deploy = ['deploy', '--branch', 'canary', ...args];
    const { child } = await startUntil(shop, { kind: 'await-ready' }, ...deploy);
    running = child;
    return { child };
  };

  it('a second command is rejected by the lock, names its owner, and changes nothing', async () => {
    const { child } = await startWaiting();
    const { release } = await shop.status();
    expect(release.state).toBe('starting');
    expect(release.services[0].containers).toHaveLength(1);
    const { exitCode, stdout } = await shop.canary('deploy', '--branch', 'canary', '--json');

    expect(exitCode).toBe(5);
    const { error } = JSON.parse(stdout.split('\n').at(-1) ?? '');
    expect(error.code).toBe('lock-held');
    expect(error.message).toContain(`process ${child.pid}`);
    const owner = JSON.parse(await readFile(join(shop.directory, '.canary/lock.json'), 'utf8'));
    expect(owner).toMatchObject({ pid: child.pid, command: 'deploy' });
    child.kill('SIGINT');
    await child;
  });

  it.each(['SIGINT', 'SIGTERM'] as const)(
    'by %s leaves no user on the canary and a clear state, and exits with 130',
    async (signal) => {
      const { child } = await startWaiting('--weight', '50');
      child.kill(signal);
      const { exitCode, stderr } = await child;

      expect(exitCode).toBe(130);
      expect(String(stderr)).toContain('Interrupted.');
      const { release, lock } = await shop.status();
      expect(lock).toBeNull();
      expect(release).toMatchObject({
        state: 'failed',
        reason: 'interrupted; no user is on the canary',
      });
      expect(release.weight.set).toBe(0);
    },
  );

  it.each(['abort', 'revert'])(
    'by `%s` from another terminal ends without waiting for the lock',
    async (command) => {
      const tip = await shop.git('rev-parse', 'canary');
      const { child } = await startWaiting('--weight', '50');
      await shop.succeed(command);
      const { exitCode, stderr } = await child;

      expect(exitCode).toBe(1);
      expect(String(stderr)).toContain(`Stopped by \`canary ${command}\`.`);
      expect((await shop.status()).release).toBeNull();
      expect((await shop.containers()).filter((each) => each.service.includes('-canary'))).toEqual(
        [],
      );
      await shop.git('branch', '--force', 'canary', tip);
    },
  );

  it('by `abort` loses its users before it has released the lock', async () => {
    await shop.succeed('deploy', '--branch', 'other', '--weight', '100');
    const onCanary = async () =>
      (await visit(shop.url, userNames(20))).filter(({ page }) => page === 'canary').length;
    expect(await onCanary()).toBe(20);
    // A long command that does not listen to stop requests.
    const lock = new FileLock(join(shop.directory, '.canary/lock.json'), systemClock);
    const release = await lock.acquire('deploy');
    const abort = shop.start('abort');
    await until('the users are off', async () => (await onCanary()) === 0);
    expect((await shop.status()).release.weight.set).toBe(0);
    await release();
    expect((await abort).exitCode).toBe(0);
  });
});
