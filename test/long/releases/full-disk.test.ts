import { mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PROXY_SERVICE } from '../../../src/compose/model/names.ts';
import type { Storedog } from '../../support/storedog.ts';
import { frontShop } from '../../support/traffic-shop.ts';
import { userNames, visit } from '../../support/visitors.ts';

/** What a disk does on which nothing can be written any more, by what brings it there and back. */
const DISKS = {
  'without a free byte': {
    spoil: (state: string) =>
      execa('dd', ['if=/dev/zero', `of=${join(state, 'full')}`, 'bs=1k'], { reject: false }),
    mend: (state: string) => rm(join(state, 'full'), { force: true }),
  },
  'that is read-only': {
    spoil: (state: string) => execa('mount', ['-o', 'remount,ro', state]),
    mend: (state: string) => execa('mount', ['-o', 'remount,rw', state]),
  },
};

describe.skipIf(process.getuid?.() !== 0)('on a disk for `.canary`', () => {
  let shop: Storedog;
  let state: string;
  let tip: string;

  beforeAll(async () => {
    shop = await frontShop();
    state = join(shop.directory, '.canary');
    await mkdir(state);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'canary-test', state]);
    await shop.succeed('up');
    await shop.untilShopAnswers();
    tip = await shop.git('rev-parse', 'canary');
  });

  afterAll(async () => {
    await shop?.compose('kill');
    await execa('umount', ['--lazy', state], { reject: false });
    await shop?.dispose();
  });

  afterEach(async () => {
    for (const { mend } of Object.values(DISKS)) await mend(state);
    // A revert leaves a commit there, with which the canary looks like the stable.
    await shop.git('branch', '--force', 'canary', tip);
  });

  async function usersOnCanary(): Promise<number> {
    const visits = await visit(shop.url, userNames(50));
    expect(visits.filter((each) => each.status !== 200)).toEqual([]);
    return visits.filter(({ page }) => page === 'canary').length;
  }

  async function restartProxy(): Promise<void> {
    const proxy = (await shop.containers()).find(({ service }) => service === PROXY_SERVICE);
    await execa('docker', ['restart', '--time', '1', proxy?.id ?? '']);
    await shop.untilShopAnswers();
  }

  it.each([['abort'], ['pause'], ['weight', '0'], ['revert']])(
    'without a free byte, `%s` takes the users off, also after a restart of the proxy',
    async (...command) => {
      await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
      expect(await usersOnCanary()).toBeGreaterThan(10);
      await DISKS['without a free byte'].spoil(state);
      const { exitCode, stderr } = await shop.canary(...command);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      expect(await usersOnCanary()).toBe(0);
      await restartProxy();
      expect(await usersOnCanary()).toBe(0);
      const left = [...(await readdir(state)), ...(await readdir(join(state, 'proxy')))];
      expect(left.filter((name) => /tmp$|^lock/.test(name))).toEqual([]);
    },
  );

  it('that is read-only, `abort` takes the users off and says what could not be written', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
    await DISKS['that is read-only'].spoil(state);
    const { exitCode, stderr } = await shop.canary('abort');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain('Every user is on the stable');
    expect(stderr).toMatch(/Could not write the journal of release .*read-only file system/);
    expect(await usersOnCanary()).toBe(0);
    expect((await shop.containers()).map(({ service }) => service).sort()).toEqual([
      PROXY_SERVICE,
      'frontend',
    ]);
  });

  it('that is read-only, a restarted proxy answers every user, all by the stable, and what cannot be known is said', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
    await DISKS['that is read-only'].spoil(state);
    const proxy = (await shop.containers()).find(({ service }) => service === PROXY_SERVICE);
    await execa('docker', ['restart', '--time', '1', proxy?.id ?? '']);
    await shop.untilShopAnswers();
    expect(await usersOnCanary()).toBe(0);
    expect((await shop.canary('status')).stderr).toContain('does not answer canary');
    expect((await shop.canary('doctor')).stdout).toContain('Nothing can be written');
    const paused = await shop.canary('pause');
    expect(paused).toMatchObject({ exitCode: 2 });
    expect(paused.stderr).not.toContain('Every user is on the stable');
    expect(paused.stderr).toContain('`canary abort`, which removes the canary without it');
    expect(await shop.canary('abort')).toMatchObject({ exitCode: 0 });
    expect(await usersOnCanary()).toBe(0);
    await DISKS['that is read-only'].mend(state);
    await shop.succeed('up');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
    expect(await usersOnCanary()).toBe(50);
    await shop.succeed('abort');
  });

  it('without a free byte, a command that brings users is refused and says where to look', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '0');
    await DISKS['without a free byte'].spoil(state);
    // The last block of a journal may have room for a few lines more.
    let ended = await shop.canary('weight', '50');
    while (ended.exitCode === 0) ended = await shop.canary('weight', '50');
    expect(ended.exitCode).toBe(1);
    expect(ended.stderr).toContain('Nothing can be written: ENOSPC');
    expect(ended.stderr).toContain('`canary abort` needs none');
  });

  it('without a free byte, `down` ends everything', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
    await DISKS['without a free byte'].spoil(state);
    await writeFile(join(shop.directory, 'not-full'), 'the project itself is on another disk');
    expect(await shop.canary('down', '--yes')).toMatchObject({ exitCode: 0 });
    expect((await shop.containers()).map(({ service }) => service)).toEqual(['frontend']);
    await shop.untilShopAnswers();
  });
});
