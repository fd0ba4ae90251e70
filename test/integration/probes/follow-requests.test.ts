import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { followEveryRequest, type Listener } from '../../../src/probes/follow-requests.ts';
import { readWorker, SHOW_INFO } from '../../../src/proxy/master-process.ts';
import { systemClock } from '../../../src/system/clock.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';
import { until } from '../../support/storedog.ts';

/** What a watch sees of a real proxy whose worker is replaced. */
describe('who follows the requests of a proxy', () => {
  const seen: string[] = [];
  let shop: ProtocolShop;
  let listener: Listener;
  /** Ends the pause before the listener's next look. */
  let look = () => {};
  const clock = {
    ...systemClock,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        look = resolve;
        if (signal?.aborted) resolve();
        signal?.addEventListener('abort', () => resolve());
      }),
  };

  beforeAll(async () => {
    shop = await ProtocolShop.start({ web: { entry: 3001, port: PORT.http } });
    listener = followEveryRequest(
      { clock },
      shop,
      ({ path }) => seen.push(path),
      async () => undefined,
    );
  });
  afterAll(async () => {
    await listener?.stop();
    await shop?.dispose();
  });

  it('sees each request exactly once, also those to a worker that it does not know yet', async () => {
    const ask = (path: string) =>
      fetch(`http://${shop.host}:3001${path}`, { headers: { 'X-User-Id': path } });
    const sent: string[] = [];
    await until('it follows', async () => {
      await ask('/first');
      return seen.length > 0;
    });
    for (const reload of ['one', 'two']) {
      const worker = () => shop.ask(SHOW_INFO).then(readWorker, () => '');
      const before = await worker();
      await shop.reload();
      let isReplaced = false;
      // Some of them reach the old worker, some the new one before the listener looks again.
      for (let left = 20; left > 0; left -= isReplaced ? 1 : 0) {
        const path = `/${reload}/${sent.length}`;
        sent.push(path);
        await ask(path);
        isReplaced ||= !['', before].includes(await worker());
      }
      look();
      const [last] = sent.slice(-1);
      await until('the last one is seen', async () => seen.includes(last ?? ''));
    }
    expect(seen.filter((path) => path !== '/first').sort()).toEqual([...sent].sort());
  });
});
