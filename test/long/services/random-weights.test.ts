import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { applySplit } from '../../../src/execution/split.ts';
import { layoutOf } from '../../../src/project/layout.ts';
import { loadProject } from '../../../src/project/load.ts';
import { byWeight, readSplit, showSplit } from '../../../src/proxy/weight-map.ts';
import { UnixProxySocket } from '../../../src/system/haproxy/proxy-socket.ts';
import { contextIn } from '../../support/fixture-context.ts';
import { type Storedog, until } from '../../support/storedog.ts';
import { trafficShop } from '../../support/traffic-shop.ts';
import { userNames, visit } from '../../support/visitors.ts';

let shop: Storedog;

beforeAll(async () => {
  shop = await trafficShop();
  await shop.succeed('deploy', '--branch', 'canary', '--weight', '37.5');
});
afterAll(() => shop?.dispose());

const users = userNames(300);
const onCanary = async () => {
  const visits = await visit(shop.url, users);
  return visits.filter(({ page }) => page === 'canary').map(({ user }) => user);
};
const killProxy = async () => {
  const proxy = (await shop.containers()).find(({ service }) => service === 'canary-proxy');
  await execa('docker', ['kill', '--signal', 'KILL', proxy?.id ?? '']);
  await execa('docker', ['start', proxy?.id ?? '']);
  await shop.untilShopAnswers();
  await until('the canary answers', async () => {
    const answer = await fetch(shop.previewUrl).catch(() => undefined);
    return (await answer?.text()) === 'canary';
  });
};
const inForce = async () => {
  const live = await new UnixProxySocket(layoutOf(shop.directory).socket).ask(showSplit);
  const file = await shop.read('.canary/proxy/weights.map');
  return { live: readSplit(live).weight, file: readSplit(file).weight };
};

it('random weights, and a proxy that is killed between them, never move a user the wrong way', async () => {
  const weights = fc.sample(fc.integer({ min: 0, max: 10_000 }), { numRuns: 12, seed: 20 });
  const project = await loadProject(contextIn(shop.directory));
  let earlier = { weight: 37.5, canary: await onCanary() };
  for (const [index, weight] of weights.map((buckets) => buckets / 100).entries()) {
    await applySplit(project, byWeight(weight));
    if (index % 4 === 3) await killProxy();
    const canary = await onCanary();
    const [fewer, more] =
      weight < earlier.weight ? [canary, earlier.canary] : [earlier.canary, canary];
    expect(fewer.filter((user) => !more.includes(user))).toEqual([]);
    expect(await inForce()).toEqual({ live: weight, file: weight });
    earlier = { weight, canary };
  }
});
