import { execa } from 'execa';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Storedog, until } from '../../support/storedog.ts';
import { askAnew, trafficShop } from '../../support/traffic-shop.ts';

/** After a reboot the engine starts every container by itself, in any order. */
let shop: Storedog;
let before: Record<string, string>;

const USERS = Array.from({ length: 20 }, (_, index) => `user-${index}`);

beforeAll(async () => {
  shop = await trafficShop();
  await shop.succeed('deploy', '--branch', 'canary', '--weight', '50');
  await until('both sides answer', async () => {
    before = await sides();
    return new Set(Object.values(before)).size === 2;
  });
});

afterAll(() => shop?.dispose());

it.each([
  ['by name', (ids: string[]) => ids],
  ['the other way round', (ids: string[]) => ids.toReversed()],
])('users get the side they had, whatever starts first: %s', async (_, inOrder) => {
  const ids = inOrder(await all());
  await execa('docker', ['kill', ...ids]);
  for (const id of ids) await execa('docker', ['start', id]);
  await shop.untilShopAnswers();
  // The canary may be a moment later than the stable; nobody else ever gets it.
  await until('the canary has its users again', async () => {
    const now = await sides();
    const others = USERS.filter((user) => before[user] === 'stable');
    expect(others.map((user) => now[user])).toEqual(others.map(() => 'stable'));
    return USERS.every((user) => now[user] === before[user]);
  });
  expect((await shop.status()).release.weight.set).toBe(50);
});

it('the proxy alone, before any service: users wait for the stable, not for an operator', async () => {
  const ids = await all();
  await execa('docker', ['kill', ...ids]);
  const proxies = (await shop.containers()).filter(({ service }) => service === 'canary-proxy');
  await execa('docker', ['start', ...proxies.map(({ id }) => id)]);
  await until('the proxy answers for a stable that is not there', async () => {
    const answer = await fetch(shop.url).catch(() => undefined);
    return answer?.status === 503;
  });
  await execa('docker', ['start', ...ids]);
  await shop.untilShopAnswers();
});

async function all(): Promise<string[]> {
  const label = `label=com.docker.compose.project=${shop.project}`;
  const { stdout } = await execa('docker', ['ps', '--all', '--quiet', '--filter', label]);
  return stdout.split('\n');
}

async function sides(): Promise<Record<string, string>> {
  const asked = USERS.map(
    async (user) => [user, await askAnew(shop.url, { 'X-User-Id': user })] as const,
  );
  return Object.fromEntries(await Promise.all(asked));
}
