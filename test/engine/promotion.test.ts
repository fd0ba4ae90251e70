import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { killAt } from '../support/kill.ts';
import type { Storedog } from '../support/storedog.ts';
import { SERVER_FILE, serverThatSays, trafficShop } from '../support/traffic-shop.ts';
import { Load, userNames, visit } from '../support/visitors.ts';

describe('a promotion', () => {
  let shop: Storedog;

  beforeAll(async () => {
    shop = await trafficShop();
    await shop.git('branch', '--force', 'canary', 'main');
  });

  afterAll(() => shop?.dispose());

  afterEach(() => shop.git('branch', '--force', 'canary', 'main'));

  /** While the stable is replaced, only the canary is complete; a kill then must not affect a user. */
  describe('that is killed', () => {
    // Each test needs a canary to promote; the test whose promotion stays comes last.
    beforeEach(async () => {
      await shop.commitOn('canary', SERVER_FILE, serverThatSays('canary'));
      await shop.succeed('deploy', '--branch', 'canary', '--weight', '10');
    });

    async function newPages(): Promise<number> {
      const visits = await visit(shop.url, userNames(50));
      expect(visits.filter((each) => each.status !== 200)).toEqual([]);
      return visits.filter(({ page }) => page === 'canary').length;
    }

    it('while replacing the stable: abort restores the stable first, without a lost request', async () => {
      const main = await shop.git('rev-parse', 'main');
      const load = new Load(shop.url, 50).start();
      await killAt(shop, { kind: 'replace-stable' }, 'promote');
      await shop.succeed('abort');
      await load.stop();

      expect(load.problems).toEqual([]);
      expect(await newPages()).toBe(0);
      expect(await shop.git('rev-parse', 'main')).toBe(main);
      expect((await shop.status()).release).toBeNull();
      expect((await shop.containers()).filter((each) => each.service.includes('-canary'))).toEqual(
        [],
      );
    });

    it('after the branch moved: abort leaves the promoted stable, which is complete', async () => {
      await killAt(shop, { kind: 'drain', side: 'canary' }, 'promote');
      await shop.succeed('abort');
      expect(await newPages()).toBe(50);
      const { release, stable } = await shop.status();
      expect(release).toBeNull();
      expect(stable.commit).toBe(await shop.git('rev-parse', 'main'));
      const [newest] = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
      expect(newest).toMatchObject({ state: 'promoted', promotedCommit: stable.commit });
    });
  });

  it('of code that fails in the stable’s place restores the stable, and no user notices', async () => {
    // Fails only as the stable: the clone has a different name in the network.
    await shop.git('switch', '--quiet', '--create', 'trap', 'main');
    await shop.write(
      SERVER_FILE,
      `import { lookup } from 'node:dns/promises';
const mine = await lookup(hostname());
const stable = await lookup('frontend', { all: true }).catch(() => []);
if (stable.some(({ address }) => address === mine.address)) {
  console.error('not as the stable');
  process.exit(1);
}
${await shop.read(SERVER_FILE)}`,
    );
    await shop.git('commit', '--quiet', '--all', '-m', 'A trap');
    await shop.git('switch', '--quiet', 'main');
    await shop.succeed('deploy', '--branch', 'trap', '--weight', '10');
    const main = await shop.git('rev-parse', 'main');
    const load = new Load(shop.url, 50).start();
    const { exitCode, stderr } = await shop.canary('promote');
    await load.stop();

    expect(exitCode).toBe(1);
    expect(stderr).toContain('not as the stable');
    expect(load.problems).toEqual([]);
    expect(await shop.git('rev-parse', 'main')).toBe(main);
    const { release } = await shop.status();
    expect(release.state).toBe('holding');
    expect(release.reason).toContain('the promotion failed');
    expect(release.weight.set).toBe(0);
    const visits = await visit(shop.url, userNames(20));
    expect(visits.every((each) => each.status === 200)).toBe(true);
    await shop.succeed('abort');
  });
});
