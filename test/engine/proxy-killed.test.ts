import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { layoutOf } from '../../src/project/layout.ts';
import { readSplit, showSplit } from '../../src/proxy/weight-map.ts';
import { UnixProxySocket } from '../../src/system/haproxy/proxy-socket.ts';
import { type Storedog, until } from '../support/storedog.ts';
import { trafficShop } from '../support/traffic-shop.ts';
import { userNames, visit } from '../support/visitors.ts';

/** Real users of a proxy that dies, whatever the weight was before. */
describe('a proxy that is killed', () => {
  let shop: Storedog;
  const users = userNames(300);

  beforeAll(async () => {
    shop = await trafficShop();
    await shop.succeed('deploy', '--branch', 'canary');
  });

  afterAll(() => shop.dispose());

  const onCanary = async (): Promise<string[]> =>
    (await visit(shop.url, users))
      .filter(({ page }) => page === 'canary')
      .map(({ user }) => user)
      .sort();
  const proxy = async () => {
    const found = (await shop.containers()).find(({ service }) => service === 'canary-proxy');
    if (!found) throw new Error('There is no proxy.');
    return found;
  };
  const inForce = async () => {
    const live = await new UnixProxySocket(layoutOf(shop.directory).socket).ask(showSplit);
    return {
      live: readSplit(live).weight,
      file: readSplit(await shop.read('.canary/proxy/weights.map')).weight,
    };
  };
  /** Back with everything it knew: the proxy answers, and so does the canary behind it. */
  const untilBack = async () => {
    await shop.untilShopAnswers();
    await until('the canary answers', async () => {
      const answer = await fetch(shop.previewUrl).catch(() => undefined);
      return (await answer?.text()) === 'canary';
    });
  };
  const ways: [string, () => Promise<void>][] = [
    [
      'killed by hand and started',
      async () => {
        const { id } = await proxy();
        await execa('docker', ['kill', '--signal', 'KILL', id]);
        await execa('docker', ['start', id]);
      },
    ],
    [
      'crashed and restarted by the engine',
      async () => {
        const { id, restartCount } = await proxy();
        // HAProxy's master ends with its worker.
        const crash = 'kill -9 $(cat /proc/1/task/1/children)';
        await execa('docker', ['exec', id, 'sh', '-c', crash]);
        await until('it is restarted', async () => (await proxy()).restartCount > restartCount);
      },
    ],
  ];

  it.each(ways)('%s keeps every user on their side', async (_, kill) => {
    await shop.succeed('weight', '37.5');
    const before = await onCanary();
    expect(before.length).toBeGreaterThan(80);
    await kill();
    await untilBack();
    expect(await inForce()).toEqual({ live: 37.5, file: 37.5 });
    expect(await onCanary()).toEqual(before);
    expect((await shop.status()).release.weight.set).toBe(37.5);
  });

  it('over a random history of weights never moves a user the wrong way', async () => {
    const [, kill] = ways[0] ?? [];
    const weights = fc.sample(fc.integer({ min: 0, max: 10_000 }), { numRuns: 12, seed: 20 });
    let earlier = { weight: 37.5, canary: await onCanary() };
    for (const [index, weight] of weights.map((buckets) => buckets / 100).entries()) {
      await shop.succeed('weight', String(weight));
      if (index % 4 === 3) {
        await kill?.();
        await untilBack();
      }
      const canary = await onCanary();
      const [fewer, more] =
        weight < earlier.weight ? [canary, earlier.canary] : [earlier.canary, canary];
      expect(fewer.filter((user) => !more.includes(user))).toEqual([]);
      expect(await inForce()).toEqual({ live: weight, file: weight });
      earlier = { weight, canary };
    }
  });
});
