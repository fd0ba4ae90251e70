import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ALL, OFF, type Split } from '../../../src/proxy/weight-map.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';

type Sides = Record<'stable' | 'canary' | 'baseline', Set<string>>;

/** Which users the real proxy sends to a fresh clone of the stable. */
describe('users of the baseline', () => {
  let shop: ProtocolShop;

  beforeAll(async () => {
    shop = await ProtocolShop.start(
      {
        web: { entry: 3001, port: PORT.http },
        // gRPC calls go there as well; its check speaks that protocol too.
        calls: { entry: 3002, port: PORT.http2, protocol: 'http2' },
      },
      ['header:X-User-Id'],
      { baseline: true },
    );
  });
  afterAll(() => shop?.dispose());

  const ask = async (user: string, headers: Record<string, string> = {}) => {
    const answer = await fetch(`http://${shop.host}:3001/`, {
      headers: { 'X-User-Id': user, ...headers },
    });
    return JSON.parse(await answer.text()).side as keyof Sides;
  };

  async function sides(split: Split | number, count = 1000): Promise<Sides> {
    await shop.split(split);
    const found: Sides = { stable: new Set(), canary: new Set(), baseline: new Set() };
    const users = Array.from({ length: count }, (_, at) => `user-${at}`);
    for (let from = 0; from < users.length; from += 100)
      await Promise.all(
        users.slice(from, from + 100).map(async (user) => found[await ask(user)].add(user)),
      );
    return found;
  }

  it('are as many as the canary’s, and up to 50% a higher weight only adds users', async () => {
    let before: Sides | undefined;
    for (const weight of [1, 10, 25, 50]) {
      const now = await sides(weight);
      for (const side of ['canary', 'baseline'] as const) {
        expect(Math.abs(now[side].size - weight * 10)).toBeLessThan(50);
        for (const user of before?.[side] ?? []) expect(now[side]).toContain(user);
      }
      before = now;
    }
    expect(before?.stable.size).toBe(0);
  });

  it('are all others above 50%, and none at 0% and 100%', async () => {
    const most = await sides(80);
    expect(most.stable.size).toBe(0);
    expect(most.canary.size + most.baseline.size).toBe(1000);
    expect(most.canary.size).toBeGreaterThan(750);
    for (const [split, side] of [
      [100, 'canary'],
      [ALL, 'canary'],
      [OFF, 'stable'],
      [0, 'stable'],
    ] as const)
      expect((await sides(split, 200))[side].size).toBe(200);
  });

  it('do not include users who forced the stable', async () => {
    await shop.split(50);
    for (let at = 0; at < 50; at += 1)
      expect(await ask(`user-${at}`, { 'X-Canary': 'stable' })).toBe('stable');
  });

  it('get the stable without a failure once the baseline is gone', async () => {
    await shop.split(40);
    await shop.kill('baseline');
    const now = await sides(40);
    expect(now.baseline.size).toBe(0);
    expect(now.stable.size + now.canary.size).toBe(1000);
    expect(now.stable.size).toBeGreaterThan(500);
  });
});
