import { afterEach, beforeEach, expect } from 'vitest';
import type { ImageShop } from './image-shop.ts';
import { askAnew } from './traffic-shop.ts';
import { UserTraffic } from './user-traffic.ts';

/** Users come all the time; none of them may notice what is released. */
export function withUsers(shop: () => ImageShop): void {
  const traffic: UserTraffic[] = [];
  beforeEach(() => {
    const rate = { perSecond: 25, users: 400 };
    for (const method of ['GET', 'POST'] as const)
      traffic.push(new UserTraffic(shop().url, { ...rate, method }).start());
  });
  afterEach(async () => {
    for (const met of await Promise.all(traffic.splice(0).map((each) => each.stop())))
      expect([...met.hurt]).toEqual([]);
  });
}

export const stableSays = (shop: ImageShop) => askAnew(shop.url, { 'X-Canary': 'stable' });
export const canarySays = (shop: ImageShop) => askAnew(shop.url, { 'X-Canary': 'canary' });

/** People and timers type `docker compose up` at any time: it changes no container. */
export async function expectPlainUp(shop: ImageShop, says: string): Promise<void> {
  const before = await shop.stableContainers();
  await shop.compose('up', '--detach');
  expect(await stableSays(shop)).toBe(says);
  expect(await shop.stableContainers()).toEqual(before);
}

/** By compose service, what its container has in `RELEASE`. */
export async function environmentsOf(shop: ImageShop): Promise<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const { service, id } of await shop.containers()) {
    if (service === 'canary-proxy') continue;
    const env = await shop.environmentOf(id);
    found[service] = env.RELEASE ?? '';
  }
  return found;
}

/** The release that began last. */
export async function newestOf(shop: ImageShop) {
  const { stdout } = await shop.succeed('history', '--json');
  return JSON.parse(stdout).releases[0];
}

/** Moves the tag 1 in the registry, and expects it here only while it is promoted. */
export async function expectTagToMove(shop: ImageShop): Promise<void> {
  const tags = await shop.tags();
  const isNew = async () => (await shop.canary('plan', '--pull', '--exit-code')).exitCode;
  expect(await isNew()).toBe(0);
  await shop.publish('1', 'newer');
  expect(await isNew()).toBe(1);

  await shop.succeed('deploy', '--pull', '--weight', '10');
  expect([await stableSays(shop), await canarySays(shop)]).toEqual(['one', 'newer']);
  expect(await shop.tags()).toBe(tags);
  await shop.succeed('promote');
  expect(await stableSays(shop)).toBe('newer');
  expect(await shop.tags()).not.toBe(tags);
  expect(await isNew()).toBe(0);
  await shop.compose('up', '--detach');
  expect(await stableSays(shop)).toBe('newer');

  await shop.succeed('revert', (await newestOf(shop)).id);
  expect(await stableSays(shop)).toBe('one');
  expect(await shop.tags()).toBe(tags);
  // A timer does not bring it back.
  const { stderr } = await shop.succeed('deploy', '--pull');
  expect(stderr).toContain('was of the same images: taken back from the stable');
  expect(await isNew()).toBe(0);
  expect(await shop.stableContainers()).toHaveLength(1);
}
