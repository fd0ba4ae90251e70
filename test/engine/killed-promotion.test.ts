import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { killAt } from '../support/kill.ts';
import type { Storedog } from '../support/storedog.ts';
import { SERVER_FILE, serverThatSays, trafficShop } from '../support/traffic-shop.ts';
import { Load, userNames, visit } from '../support/visitors.ts';

/** While the stable is replaced the canary is the only whole side; a kill then must not cost a user. */
describe('a promotion that is killed', () => {
  let shop: Storedog;

  beforeAll(async () => {
    shop = await trafficShop();
    await shop.git('branch', '--force', 'canary', 'main');
  });

  afterAll(() => shop?.dispose());

  // What is to be promoted is not there yet, or not any more: the promotion that stays comes last.
  beforeEach(async () => {
    await shop.commitOn('canary', SERVER_FILE, serverThatSays('canary'));
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '10');
  });

  afterEach(() => shop.git('branch', '--force', 'canary', 'main'));

  async function newPages(): Promise<number> {
    const visits = await visit(shop.url, userNames(50));
    expect(visits.filter((each) => each.status !== 200)).toEqual([]);
    return visits.filter(({ page }) => page === 'canary').length;
  }

  it('in the middle of replacing the stable: abort puts the stable back first, without a lost request', async () => {
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

  it('after the branch moved: abort leaves the promoted stable, which is whole', async () => {
    await killAt(shop, { kind: 'drain', side: 'canary' }, 'promote');
    await shop.succeed('abort');
    expect(await newPages()).toBe(50);
    const { release, stable } = await shop.status();
    expect(release).toBeNull();
    expect(stable.commit).toBe(await shop.git('rev-parse', 'main'));
    const [newest] = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
    expect(newest).toMatchObject({ state: 'promoted', promotedCommit: stable.commit });
    // It can still be taken back, also when that is killed at the same place and asked for again.
    await killAt(shop, { kind: 'drain', side: 'canary' }, 'revert', newest.id);
    await shop.succeed('revert', newest.id);
    expect(await newPages()).toBe(0);
    expect((await shop.status()).release).toBeNull();
    const states = JSON.parse((await shop.succeed('history', '--json')).stdout).releases;
    const newer = states.slice(0, 2).map((each: { state: string }) => each.state);
    expect(newer).toEqual(['promoted', 'reverted']);
  });

  it('in the middle of replacing the stable: promote again ends it, without a lost request', async () => {
    const load = new Load(shop.url, 50).start();
    await killAt(shop, { kind: 'replace-stable' }, 'promote');
    await shop.succeed('promote');
    await load.stop();

    expect(load.problems).toEqual([]);
    expect(await newPages()).toBe(50);
    expect(await shop.git('rev-parse', 'main')).toBe(await shop.git('rev-parse', 'canary'));
    expect((await shop.status()).release).toBeNull();
    expect((await shop.containers()).filter((each) => each.service.includes('-canary'))).toEqual(
      [],
    );
  });
});
