import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Storedog } from '../support/storedog.ts';
import { Stream, trafficShop } from '../support/traffic-shop.ts';

const FORCED = { 'X-Canary': 'canary' };

/** What is open on a canary that ends. */
describe('a canary that is taken away', () => {
  let shop: Storedog;

  beforeAll(async () => {
    shop = await trafficShop(['drain: 4s']);
  });

  afterAll(() => shop.dispose());

  const deploy = () => shop.succeed('deploy', '--branch', 'canary', '--weight', '20');

  it('finishes its open requests first, and says which long-lived connections it cut', async () => {
    await deploy();
    const streams = [
      await Stream.open(shop.port, 'X-Canary: canary'),
      await Stream.open(shop.port, 'X-Canary: canary'),
    ];
    const events = await fetch(`${shop.url}events`, { headers: FORCED });
    const slow = fetch(`${shop.url}slow`, { headers: FORCED });
    const other = await Stream.open(shop.port, 'X-Canary: stable');
    const { stderr } = await shop.succeed('abort');

    expect(stderr).toContain(
      '0 requests and 3 long-lived connections (WebSockets, event streams) on the canary are still open after the drain time, and are cut.',
    );
    const answer = await slow;
    expect([answer.status, await answer.text()]).toEqual([200, 'canary']);
    for (const stream of streams) await expect(stream.send('anybody?')).rejects.toThrow();
    await expect(events.text()).rejects.toThrow();
    expect(await other.send('here')).toBe('here');
    other.close();
  });

  it('does not wait when nothing is open', async () => {
    await deploy();
    const { stderr } = await shop.succeed('abort');
    expect(stderr).not.toContain('drain time');
  });
});
