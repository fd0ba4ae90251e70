import { execa } from 'execa';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  followRequests,
  type LoggedRequest,
  parseRequest,
  SHOW_REQUESTS,
} from '../../../src/proxy/request-log.ts';
import type { Following } from '../../../src/system/haproxy/line-stream.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';
import { until } from '../../support/storedog.ts';

/** What the judge gets to know about requests, from the real proxy. */
describe('the log of requests', () => {
  let shop: ProtocolShop;
  let following: Following;
  let seen: LoggedRequest[] = [];
  const unread: string[] = [];

  beforeAll(async () => {
    shop = await ProtocolShop.start({ web: { entry: 3001, port: PORT.http } }, [
      'header:X-User-Id',
    ]);
    following = await shop.follow(followRequests('new'), (line) => {
      const request = parseRequest(line);
      if (request) seen.push(request);
      else unread.push(line);
    });
    await shop.split(50);
  });
  afterAll(async () => {
    following?.end();
    await following?.ended;
    await shop?.dispose();
  });
  beforeEach(() => {
    seen = [];
  });

  const ask = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    fetch(`http://${shop.host}:3001${path}`, { method, headers }).then((answer) => answer.text());
  const logged = (count: number) =>
    until(`${count} requests are logged`, async () => seen.length >= count);

  it('contains every request once, with its user and side', async () => {
    const users = Array.from({ length: 200 }, (_, at) => `user-${at}`);
    const sides = await Promise.all(
      users.map(async (user) => JSON.parse(await ask('/', { 'X-User-Id': user })).side),
    );
    await logged(200);
    expect(seen.filter(({ side }) => side === 'canary')).toHaveLength(
      sides.filter((side) => side === 'canary').length,
    );
    expect(new Set(seen.map(({ user }) => user)).size).toBeGreaterThan(195);
    expect(seen.every(({ status, failed, byRule }) => status === 200 && !failed && !byRule)).toBe(
      true,
    );
  });

  it('is remembered by the proxy, for who did not listen', async () => {
    for (let at = 0; at < 30; at += 1)
      await ask(`/remembered/${at}`, { 'X-User-Id': `u${at % 7}` });
    await logged(30);
    const lines = (await shop.ask(SHOW_REQUESTS)).split('\n');
    const remembered = lines.flatMap((line) => parseRequest(line) ?? []).slice(-30);
    expect(remembered).toEqual(seen);
  });

  it('recognises a client without identity by its address, whatever its cookies', async () => {
    for (let at = 0; at < 5; at += 1) await ask('/');
    await logged(5);
    expect(new Set(seen.map(({ user }) => user)).size).toBe(1);
  });

  it('marks requests that chose their side themselves', async () => {
    await ask('/', { 'X-Canary': 'canary' });
    await logged(1);
    expect(seen[0]).toMatchObject({ side: 'canary', byRule: true });
  });

  it('contains failures that the stable answered in place of the canary', async () => {
    await shop.split(100);
    expect(JSON.parse(await ask('/shielded', { 'X-User-Id': 'ada' })).side).toBe('stable');
    await logged(1);
    expect(seen[0]).toMatchObject({ side: 'canary', failed: true, shielded: true, status: 200 });
    await ask('/shielded', { 'X-User-Id': 'ada' }, 'POST');
    await logged(2);
    expect(seen[1]).toMatchObject({ side: 'canary', failed: true, shielded: false, status: 500 });
    await shop.split(50);
  });

  it('contains no query, in no line that the proxy writes', async () => {
    const address = `http://${shop.host}:3001`;
    await ask('/asked?token=hunter2', { 'X-User-Id': 'ada' });
    await ask('/quoted"?token=hunter2', { 'X-User-Id': 'ada' });
    await execa('curl', ['-s', '--request-target', `${address}/whole?token=hunter2`, address]);
    await logged(3);
    expect(seen.map(({ path }) => path)).toEqual(['/asked', '/quoted%22', '/whole']);
    const written = await shop.written();
    expect(written).toContain('GET /whole HTTP/1.1');
    expect(written).not.toContain('hunter2');
  });

  it('keeps the important fields of a request whose path exceeds a line', async () => {
    await ask(`/long/${'a'.repeat(3000)}?q="} {1.000 1 -} "GET /x`, { 'X-User-Id': 'long' });
    await logged(1);
    expect(seen[0]?.path.startsWith('/long/aaa')).toBe(true);
    expect(seen[0]?.method).toBe('GET');
    expect(unread).toEqual([]);
  });
});
