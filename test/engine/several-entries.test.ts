import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Storedog } from '../support/storedog.ts';
import { discountLine, userNames, type Visit, visit } from '../support/visitors.ts';

/** Users come in at the shop and, as other programs do, at the discounts themselves. */
describe('a slice with several entries', () => {
  let shop: Storedog;
  let discounts: string;
  const users = userNames(60).sort();

  beforeAll(async () => {
    shop = await Storedog.create();
    const port = /"(\d+):5001"/.exec(await shop.read('docker-compose.yml'))?.[1] ?? '';
    discounts = `http://127.0.0.1:${port}/discount`;
    const settings = await shop.read('canary.yaml');
    await shop.write(
      'canary.yaml',
      settings.replace('discounts: {}', `discounts: { entry: ${port} }`),
    );
    await shop.git('commit', '--quiet', '--all', '-m', 'Two entries');
    await shop.git('branch', '--force', 'canary', 'main');
    await shop.startProduction();
    await shop.succeed('up');
  });

  afterAll(() => shop.dispose());

  /** The users that each entry has on the canary, which calls a code a coupon. */
  async function onCanary(): Promise<{ shop: string[]; discounts: string[] }> {
    const names = (visits: Visit[]) => visits.map(({ user }) => user).sort();
    const pages = await visit(shop.url, users);
    const lists = await visit(discounts, users);
    return {
      shop: names(pages.filter((each) => discountLine(each).includes('undefined'))),
      discounts: names(lists.filter((each) => each.page.includes('coupon'))),
    };
  }

  it('is split by one weight: a user is on the same side everywhere, and off everywhere at once', async () => {
    await shop.succeed('deploy', '--branch', 'canary', '--apply', shop.badPatch, '--weight', '100');
    expect(await onCanary()).toEqual({ shop: users, discounts: users });
    await shop.succeed('weight', '50');
    const half = await onCanary();
    expect(half.shop.length).toBeGreaterThan(15);
    expect(half.shop.length).toBeLessThan(45);
    expect(half.discounts).toEqual(half.shop);
    await shop.succeed('weight', '0');
    expect(await onCanary()).toEqual({ shop: [], discounts: [] });
    await shop.succeed('weight', '100');
    await shop.succeed('abort');
    expect(await onCanary()).toEqual({ shop: [], discounts: [] });
  });
});
