import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storedog } from '../support/storedog.ts';
import { letCanaryFail, trafficShop } from '../support/traffic-shop.ts';
import { userNames, type Visit, visit } from '../support/visitors.ts';

/** A canary that fails, and what its users see of it. */
describe('the shield', () => {
  let shop: Storedog;
  let original: string;

  beforeAll(async () => {
    // Without the breaker, so that the canary keeps failing.
    shop = await trafficShop(['breaker: false']);
    original = await shop.read('canary.yaml');
    await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
  });

  afterAll(() => shop.dispose());

  const failed = (visits: readonly Visit[]) => visits.filter(({ status }) => status === 500);
  /** What is counted while the work is done. */
  const counting = async <T>(work: () => Promise<T>) => {
    const before = (await shop.status()).release;
    const result = await work();
    const { requests, failures } = (await shop.status()).release;
    return {
      result,
      stable: requests.stable - before.requests.stable,
      canary: requests.canary - before.requests.canary,
      stableFailures: failures.stable - before.failures.stable,
      canaryFailures: failures.canary - before.failures.canary,
      shielded: failures.shielded - before.failures.shielded,
    };
  };

  it('hides every failure of a canary that fails a tenth of its GETs, and counts them all', async () => {
    await letCanaryFail(shop, 0.1);
    const counted = await counting(() => visit(shop.url, userNames(1000)));
    expect(failed(counted.result)).toEqual([]);
    expect(counted.stable + counted.canary).toBe(1000);
    expect(counted.canary).toBeGreaterThan(400);
    expect(Math.abs(counted.shielded - counted.canary / 10)).toBeLessThanOrEqual(1);
    expect(counted.canaryFailures).toBe(0);
    expect(counted.stableFailures).toBe(0);
    const served = counted.result.filter(({ page }) => page === 'stable').length;
    expect(served).toBe(counted.stable + counted.shielded);
  });

  it('hides connections that the canary cuts, and counts each once', async () => {
    await letCanaryFail(shop, 0.1, 'cut');
    const counted = await counting(() => visit(shop.url, userNames(500)));
    expect(failed(counted.result)).toEqual([]);
    expect(Math.abs(counted.shielded - counted.canary / 10)).toBeLessThanOrEqual(1);
    expect(counted.canaryFailures).toBe(0);
  });

  it('never repeats a request that may have been acted on', async () => {
    await letCanaryFail(shop, 1);
    const counted = await counting(() => visit(shop.url, userNames(200), 'POST'));
    const pages = failed(counted.result).map(({ page }) => page);
    expect(new Set(pages)).toEqual(new Set(['canary']));
    expect(pages.length).toBe(counted.canary);
    expect(counted.canaryFailures).toBe(counted.canary);
    expect(counted.shielded).toBe(0);
  });

  it('keeps a canary that is dying from doubling the load of the stable', async () => {
    await letCanaryFail(shop, 1);
    const counted = await counting(() => visit(shop.url, userNames(1000)));
    // A fifth of all its requests so far, and those that were on their way at the same time.
    const { requests, failures } = (await shop.status()).release;
    expect(failures.shielded).toBeLessThan(requests.canary / 5 + 20);
    expect(counted.shielded).toBeGreaterThan(5);
    expect(failed(counted.result).length).toBe(counted.canaryFailures);
    expect(counted.canaryFailures).toBe(counted.canary - counted.shielded);
  });

  it('leaves users to the failures of the canary where it is not wanted', async () => {
    await shop.write('canary.yaml', `${original}shield: false\n`);
    await shop.succeed('up');
    await letCanaryFail(shop, 0.1);
    const counted = await counting(() => visit(shop.url, userNames(1000)));
    expect(counted.shielded).toBe(0);
    expect(failed(counted.result).length).toBe(counted.canaryFailures);
    expect(Math.abs(counted.canaryFailures - counted.canary / 10)).toBeLessThanOrEqual(1);
  });
});
