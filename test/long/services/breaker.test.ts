import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Storedog, until } from '../../support/storedog.ts';
import { askAnew, letCanaryFail, trafficShop } from '../../support/traffic-shop.ts';
import { userNames, visit } from '../../support/visitors.ts';

const FORCED = { 'X-Canary': 'canary' };

describe('a canary that the breaker took out', () => {
  let shop: Storedog;
  let original: string;

  beforeAll(async () => {
    shop = await trafficShop();
    original = await shop.read('canary.yaml');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
  });
  afterAll(() => shop?.dispose());

  const fail = async (times: number, url: string) => {
    for (let request = 0; request < times; request += 1) await askAnew(url, FORCED, 'POST');
  };
  const isOut = async () =>
    (await shop.status()).release.reason.includes('the breaker took the canary out');

  it('failed at the chosen paths: failures elsewhere do not count, and those that come slowly do', async () => {
    await shop.write('canary.yaml', `${original}breaker: { paths: [/slow] }\n`);
    await shop.succeed('up');
    await letCanaryFail(shop, 1);
    await fail(10, shop.url);
    expect(await isOut()).toBe(false);
    await fail(5, `${shop.url}slow`);
    expect(await isOut()).toBe(true);
    await letCanaryFail(shop, 0);
    await shop.write('canary.yaml', original);
    await shop.succeed('up');
    await shop.succeed('resume');
  });

  it('stays out when its container restarts; a new one is armed anew', async () => {
    await letCanaryFail(shop, 1);
    await visit(shop.url, userNames(100));
    expect(await isOut()).toBe(true);
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
