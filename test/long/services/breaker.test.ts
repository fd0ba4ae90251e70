import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Storedog, until } from '../../support/storedog.ts';
import { askAnew, letCanaryFail, trafficShop } from '../../support/traffic-shop.ts';
import { userNames, visit } from '../../support/visitors.ts';

const FORCED = { 'X-Canary': 'canary' };

describe('a canary that the breaker took out', () => {
  let shop: Storedog;

  beforeAll(async () => {
    shop = await trafficShop();
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
  });
  afterAll(() => shop?.dispose());

  it('stays out when its container restarts; a new one is armed anew', async () => {
    await letCanaryFail(shop, 1);
    await visit(shop.url, userNames(100));
    expect((await shop.status()).release.reason).toContain('the breaker took the canary out');
    await letCanaryFail(shop, 0);
    await shop.canaryCompose('restart', 'frontend-canary');
    await until('it answers', async () => (await askAnew(shop.previewUrl, {})) === 'canary');
    expect(await askAnew(shop.url, FORCED)).toBe('stable');

    await shop.commitOn('canary', 'README.md', 'Another try.\n');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '10');
    expect(await askAnew(shop.url, FORCED)).toBe('canary');
    expect((await shop.status()).release.reason).toContain('at 10 %');
  });
});
