import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { PROXY_SERVICE } from '../../../src/compose/model/names.ts';
import type { Storedog } from '../../support/storedog.ts';
import { trafficShop } from '../../support/traffic-shop.ts';
import { userNames, visit } from '../../support/visitors.ts';

/** What makes canary.yaml or the compose file useless for a new canary, and must not keep a running one. */
const MISTAKES: [name: string, file: string, edit: (text: string) => string][] = [
  [
    'a port that the service does not publish',
    'canary.yaml',
    (text) => text.replace(/entry: \d+/, 'entry: 80'),
  ],
  ['a setting that does not exist', 'canary.yaml', (text) => `${text}wieght: 5\n`],
  ['broken YAML', 'canary.yaml', (text) => `${text}steps: [{\n`],
  [
    'a sidecar in the compose file that it does not name',
    'docker-compose.yml',
    (text) =>
      `${text}  sidecar:\n    image: \${NODE_IMAGE:-node:20}\n    network_mode: service:frontend\n`,
  ],
];

const WAYS_OUT = [['abort'], ['revert'], ['pause'], ['weight', '0']];

describe('a way out', () => {
  let shop: Storedog;
  let tip: string;

  beforeAll(async () => {
    shop = await trafficShop();
    tip = await shop.git('rev-parse', 'canary');
  });

  afterAll(() => shop?.dispose());

  afterEach(async () => {
    await shop.git('reset', '--quiet', '--hard', 'main');
    await shop.succeed('abort');
    await shop.git('branch', '--force', 'canary', tip);
  });

  async function usersOnCanary(): Promise<number> {
    const visits = await visit(shop.url, userNames(50));
    expect(visits.filter((each) => each.status !== 200)).toEqual([]);
    return visits.filter(({ page }) => page === 'canary').length;
  }

  const services = async () => (await shop.containers()).map(({ service }) => service).sort();

  describe.each(MISTAKES)('is not barred by %s:', (_, file, edit) => {
    it.each(WAYS_OUT)('%s', async (...command) => {
      await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
      await shop.write(file, edit(await shop.read(file)));
      const { exitCode, stderr } = await shop.canary(...command);
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      expect(stderr).toContain('What runs is ended as it is.');
      expect(await usersOnCanary()).toBe(0);
      const keeps = ['pause', 'weight'].includes(command[0] ?? '');
      expect(await services()).toEqual(
        [PROXY_SERVICE, 'frontend', ...(keeps ? ['frontend-canary'] : [])].sort(),
      );
    });

    it('down', async () => {
      await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
      await shop.write(file, edit(await shop.read(file)));
      const { exitCode, stderr } = await shop.canary('down', '--yes');
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      await shop.untilShopAnswers();
      expect(await services()).toEqual(['frontend']);
      await shop.git('reset', '--quiet', '--hard', 'main');
      await shop.succeed('up');
      await shop.untilShopAnswers();
    });
  });

  it('`down` asks when the canary has users, and takes nothing away without an answer', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
    const { exitCode, stderr } = await shop.canary('down');
    expect(exitCode).toBe(2);
    expect(stderr).toContain('50 % of users are on the canary; nothing was changed.');
    expect(await usersOnCanary()).toBeGreaterThan(10);
  });

  it('`revert` starts nothing, whatever the stable branch got meanwhile', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
    await shop.write('README.md', 'Later\n');
    await shop.git('commit', '--quiet', '--all', '-m', 'Later');
    await shop.succeed('revert');
    expect(await services()).toEqual([PROXY_SERVICE, 'frontend']);
    expect(await usersOnCanary()).toBe(0);
  });

  it('a failed release of which nothing runs is history, not status', async () => {
    await shop.commitOn('canary', 'store-frontend/Dockerfile', 'FROM scratch\nCOPY missing /\n');
    expect((await shop.canary('deploy', '--branch', 'canary')).exitCode).toBe(1);
    expect((await shop.status()).release).toBeNull();
    const [newest] = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
    expect(newest.state).toBe('failed');
  });

  it('what never had users is promoted only by force; `revert` then names it, and takes it back with --yes', async () => {
    await shop.succeed('deploy', '--branch', 'canary');
    const refused = await shop.canary('promote');
    expect(refused).toMatchObject({ exitCode: 2 });
    expect(refused.stderr).toContain('is not promoted. It never had users.');
    await shop.succeed('promote', '--force');
    const named = await shop.succeed('revert');
    const [{ id }] = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
    expect(named.stdout).toContain(`\`canary revert ${id}\` takes it back`);
    expect(await (await fetch(shop.url)).text()).toBe('canary');
    await shop.succeed('revert', '--yes');
    expect(await (await fetch(shop.url)).text()).toBe('stable');
    expect((await shop.succeed('revert')).stdout).not.toContain(id);
  });
});
