import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSamples, SHOW_SAMPLES } from '../../../src/proxy/samples.ts';
import { OFF } from '../../../src/proxy/weight-map.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';
import { until } from '../../support/storedog.ts';
import { askAnew } from '../../support/traffic-shop.ts';

/** What the real proxy keeps of users' requests. */
describe('samples of user requests', () => {
  let shop: ProtocolShop;

  beforeAll(async () => {
    shop = await ProtocolShop.start({ web: { entry: 3001, port: PORT.http } }, [
      'header:X-User-Id',
    ]);
  });
  afterAll(() => shop?.dispose());

  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    askAnew(`http://${shop.host}:3001${path}`, headers, method);
  const samples = async () => readSamples(await shop.ask(SHOW_SAMPLES));
  const targets = async () => (await samples()).map(({ target }) => target);
  /** Requests it until it is kept: a place is written at most once a second. */
  const untilKept = (path: string, headers: Record<string, string> = {}) =>
    until(`${path} is kept`, async () => {
      await ask(path, headers);
      return (await targets()).includes(path);
    });

  it('contain path, query and headers as the stable gets them', async () => {
    const headers = {
      Host: 'shop.example',
      Cookie: 'a=1; b=">; get var x"',
      Authorization: 'Bearer x',
      'Accept-Language': 'de',
      'X-User-Id': 'ada',
    };
    const before = Math.floor(Date.now() / 1000);
    await untilKept('/page?q=a%20b&c=%22%3E', headers);
    const [sample] = await samples();
    expect(sample).toMatchObject({ service: 'web', target: '/page?q=a%20b&c=%22%3E' });
    expect(sample?.headers).toMatchObject({
      host: 'shop.example',
      cookie: 'a=1; b=">; get var x"',
      authorization: 'Bearer x',
      'accept-language': 'de',
      'x-user-id': 'ada',
      'x-forwarded-host': 'shop.example',
    });
    expect(sample?.at).toBeGreaterThanOrEqual(before);
    expect(sample?.at).toBeLessThanOrEqual(Date.now() / 1000);
  });

  it('exclude requests that may have an effect, are partial or are too large', async () => {
    await ask('/post', {}, 'POST');
    await ask('/head', {}, 'HEAD');
    await ask('/range', { Range: 'bytes=0-1' });
    await ask('/body', { 'Content-Length': '0' });
    await ask(`/${'x'.repeat(3000)}`);
    await ask('/headers', { Cookie: 'x'.repeat(9000) });
    await untilKept('/after');
    const seen = (await targets()).join();
    for (const path of ['/post', '/head', '/range', '/body', '/xxx', '/headers'])
      expect(seen).not.toContain(path);
  });

  it('come only from users on the stable, and not from rules or the forcing header', async () => {
    await shop.split(100);
    await ask('/canary');
    await ask('/forced-stable', { 'X-Canary': 'stable' });
    await shop.split(0);
    await ask('/forced-canary', { 'X-Canary': 'canary' });
    await untilKept('/off-again');
    await shop.split(OFF);
    await untilKept('/off');
    const seen = (await targets()).join();
    for (const path of ['/canary', '/forced-stable', '/forced-canary'])
      expect(seen).not.toContain(path);
  });

  it('cover every page in the end, even with more pages than places', async () => {
    const pages = Array.from({ length: 20 }, (_, at) => `/page-${String.fromCharCode(97 + at)}`);
    const seen = new Set<string>();
    await until('every page was kept', async () => {
      for (const page of pages) await ask(page);
      const kept = await targets();
      expect(kept.length).toBeLessThanOrEqual(16);
      for (const target of kept) seen.add(target);
      return pages.every((page) => seen.has(page));
    });
  });

  it('contain large requests completely', async () => {
    const cookie = `c=${'y'.repeat(7000)}`;
    const path = `/large?${'z'.repeat(1900)}`;
    await untilKept(path, { Cookie: cookie });
    expect((await samples()).find(({ target }) => target === path)?.headers.cookie).toBe(cookie);
  });

  it('are not taken while no canary runs', async () => {
    await shop.kill('canary');
    await until('the proxy knows', async () => {
      const { canary } = await shop.statistics('web');
      return canary.every(({ status }) => !status.startsWith('UP'));
    });
    const marks = Array.from({ length: 40 }, (_, at) => `/gone/${at}`);
    for (const path of marks) await ask(path);
    expect((await targets()).filter((target) => target.startsWith('/gone'))).toEqual([]);
  });
});
