import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PROXY_SERVICE } from '../../../src/compose/model/names.ts';
import { untilStep } from '../../support/steps.ts';
import type { Storedog } from '../../support/storedog.ts';
import { trafficShop } from '../../support/traffic-shop.ts';
import { userNames, visit } from '../../support/visitors.ts';

/** What people do to a project without canary, and what must still be true. */
describe('behind canary’s back', () => {
  let shop: Storedog;
  let tip: string;

  beforeAll(async () => {
    shop = await trafficShop();
    tip = await shop.git('rev-parse', 'canary');
  });

  afterAll(() => shop?.dispose());

  // A canary that runs stays: another deploy only moves its users.
  afterEach(async () => {
    await shop.git('reset', '--quiet', '--hard', 'main');
    await shop.git('branch', '--force', 'canary', tip);
  });

  async function newPages(): Promise<number> {
    const visits = await visit(shop.url, userNames(50));
    expect(visits.filter((each) => each.status !== 200)).toEqual([]);
    return visits.filter(({ page }) => page === 'canary').length;
  }

  it('a plain `docker compose up -d` breaks the entry: `canary up` repairs it', async () => {
    await shop.compose('up', '--detach').catch(() => undefined);
    await shop.succeed('up');
    await shop.untilShopAnswers();
    expect(await newPages()).toBe(0);
  });

  it('a plain `docker compose up -d` breaks the entry: `canary down` gives the port back', async () => {
    await shop.compose('up', '--detach').catch(() => undefined);
    await shop.succeed('down', '--yes');
    await shop.untilShopAnswers();
    expect((await shop.containers()).map((each) => each.service)).toEqual(['frontend']);
    await shop.succeed('up');
  });

  it('the proxy’s folder is removed: `deploy` is rejected, `abort` takes the users off, `up` repairs it', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
    await rm(join(shop.directory, '.canary/proxy'), { recursive: true });
    const { exitCode, stderr } = await shop.canary(
      'deploy',
      '--branch',
      'canary',
      '--weight',
      '60',
    );
    expect(exitCode).toBe(2);
    expect(stderr).toContain('is unreachable');
    await shop.succeed('abort');
    expect(await newPages()).toBe(0);
    await shop.succeed('up');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
    expect(await newPages()).toBeGreaterThan(10);
  });

  it('`git clean -xdf` takes the proxy’s files: `status` says so, and after any command the proxy can restart', async () => {
    await shop.git('clean', '-xdf', '--exclude=.env', '--quiet');
    const { stderr } = await shop.canary('status');
    expect(stderr).toContain('after a restart of Docker or of the machine it answers nobody');
    expect((await shop.canary('doctor')).stdout).toContain('it cannot restart');
    await shop.succeed('abort');
    const proxy = (await shop.containers()).find(({ service }) => service === PROXY_SERVICE);
    await execa('docker', ['restart', '--time', '1', proxy?.id ?? '']);
    await shop.untilShopAnswers();
    expect((await shop.canary('status')).stderr).toBe('');
    await shop.succeed('up');
  });

  it('the working tree has no canary.yaml: `abort` still ends the canary', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
    await rm(join(shop.directory, 'canary.yaml'));
    const { exitCode, stderr } = await shop.canary('abort');
    expect(exitCode).toBe(0);
    expect(stderr).toContain('Every user is on the stable');
    expect(stderr).toContain('What runs is ended as it is.');
    expect(await newPages()).toBe(0);
  });

  it('canary.yaml has a mistake: `status` says so and shows what runs nevertheless', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
    await shop.write('canary.yaml', 'services: [');
    const { exitCode, stdout, stderr } = await shop.canary('status');
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stderr).toContain('canary.yaml is not valid. Below is what runs.');
    expect(stdout).toContain('holding: at 50 %');
    await shop.succeed('abort');
  });

  it('the stable dies in a step: the command that watches says that users get errors', async () => {
    const original = await shop.read('canary.yaml');
    await shop.write('canary.yaml', `${original}steps: [{ weight: 50, for: 10m }]\n`);
    const child = shop.start('deploy', '--branch', 'canary');
    await untilStep(shop, 1);
    const stable = (await shop.containers()).find(({ service }) => service === 'frontend');
    const said = new Promise<void>((resolve) =>
      child.stderr?.on('data', (data) => {
        if (String(data).includes('does not reach the stable of frontend')) resolve();
      }),
    );
    await execa('docker', ['kill', stable?.id ?? '']);
    await said;
    await execa('docker', ['start', stable?.id ?? '']);
    await shop.succeed('abort');
    await child;
    await shop.write('canary.yaml', original);
    await shop.untilShopAnswers();
    expect(await newPages()).toBe(0);
  });

  it('an old journal cannot be read: everything else works', async () => {
    const garbage = '.canary/releases/20200101-000000-abcdef0.jsonl';
    // It stays: the following tests make releases beside it.
    await shop.write(garbage, 'garbage\n');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
    expect(await newPages()).toBe(50);
    await shop.succeed('revert');
    expect(await newPages()).toBe(0);
  });

  it('the journals are gone: `revert` ends the release as git knows it, with its commit', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
    await rm(join(shop.directory, '.canary/releases'), { recursive: true });
    const { stdout, stderr } = await shop.succeed('revert');
    expect(stderr).toContain('It goes on from its record in git');
    expect(stdout).toMatch(/Commit \w+ takes the change back/);
    expect(await newPages()).toBe(0);
    const [newest] = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
    expect(newest).toMatchObject({ state: 'reverted', source: 'journal' });
  });

  it('a canary that is not from the release is never promoted or given users', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
    await shop.git('switch', '--quiet', '--create', 'broken', 'main');
    await shop.write('store-frontend/Dockerfile', 'FROM scratch\nCOPY missing /\n');
    await shop.git('commit', '--quiet', '--all', '-m', 'Broken');
    await shop.git('switch', '--quiet', 'main');
    expect((await shop.canary('deploy', '--branch', 'broken', '--weight', '50')).exitCode).toBe(1);
    for (const command of [['promote'], ['weight', '50']]) {
      const { exitCode, stderr } = await shop.canary(...command);
      expect(exitCode).toBe(2);
      expect(stderr).toMatch(/The canary of broken at \w+ does not run/);
    }
    expect(await newPages()).toBe(0);
  });

  it('a canary dies while it has users: the stable serves them, and `status` reports it', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '100');
    await shop.canaryCompose('stop', 'frontend-canary');
    await shop.untilShopAnswers();
    expect(await newPages()).toBe(0);
    expect((await shop.status()).release).toMatchObject({
      state: 'failed',
      reason: 'its canary does not run',
    });
  });

  it.each([
    { what: 'canary', when: 'step' },
    { what: 'canary', when: 'weight' },
    { what: 'proxy', when: 'step' },
  ])(
    'another program removes the $what at a $when: the release ends without a commit',
    async ({ what, when }) => {
      const original = await shop.read('canary.yaml');
      await shop.write('canary.yaml', `${original}steps: [{ weight: 50, for: 10m }]\n`);
      const weight = when === 'weight' ? ['--weight', '50'] : [];
      const child = shop.start('deploy', '--branch', 'canary', ...weight);
      if (when === 'step') await untilStep(shop, 1);
      else await child;
      const service = what === 'canary' ? 'frontend-canary' : 'canary-proxy';
      const victims = (await shop.containers()).filter((each) => each.service === service);
      await execa('docker', ['rm', '--force', ...victims.map(({ id }) => id)]);
      const { exitCode, stderr } = await child;
      const release = (await shop.status()).release;
      await shop.write('canary.yaml', original);
      expect(await shop.git('rev-parse', 'canary')).toBe(tip);
      if (when === 'weight') {
        // The proxy still has its weight: `status` says so, and that the stable answers.
        expect(release).toMatchObject({ state: 'failed', reason: 'its canary does not run' });
      } else {
        expect(exitCode).toBe(1);
        expect(stderr).toMatch(new RegExp(`Another program removed .*${service}-1`));
        const isOff = what === 'proxy' ? /Nothing answers at port/ : /Every user is on the stable/;
        expect(stderr).toMatch(isOff);
        expect(release).toBeNull();
        const [newest] = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
        expect(newest.state).toBe('removed');
      }
      await shop.succeed('up');
      await shop.untilShopAnswers();
      expect(await newPages()).toBe(0);
    },
  );
});
