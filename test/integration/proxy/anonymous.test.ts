import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  followRequests,
  type LoggedRequest,
  parseRequest,
} from '../../../src/proxy/request-log.ts';
import type { Following } from '../../../src/system/haproxy/line-stream.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';
import { until } from '../../support/storedog.ts';

/** Users without an identity at the real proxy, at a weight of 50 %. */
let shop: ProtocolShop;
let following: Following;
let seen: LoggedRequest[] = [];

async function open(trusted: readonly string[]): Promise<void> {
  shop = await ProtocolShop.start({ web: { entry: 3001, port: PORT.http } }, [], {
    proxy: { trusted },
  });
  await shop.split(50);
  following = await shop.follow(followRequests('new'), (line) => {
    const request = parseRequest(line);
    if (request) seen.push(request);
  });
}

async function close(): Promise<void> {
  following?.end();
  await following?.ended;
  await shop?.dispose();
}

beforeEach(() => {
  seen = [];
});

async function ask(headers: Record<string, string>, path = '/') {
  const answer = await fetch(`http://${shop.host}:3001${path}`, { headers });
  const [cookie = ''] = answer.headers.getSetCookie();
  const { side }: { side: string } = JSON.parse(await answer.text());
  return { side, cookie: cookie.split(';')[0] ?? '' };
}

const many = Array.from({ length: 40 }, (_, at) => at);

async function sidesOf(all: readonly Record<string, string>[]): Promise<string[]> {
  const sides: string[] = [];
  for (const headers of all) sides.push((await ask(headers)).side);
  return sides;
}

/** Asks each client again, and expects it where it was; both sides have clients. */
async function expectSteady(clients: readonly Record<string, string>[]): Promise<void> {
  const sides = await sidesOf(clients);
  expect(new Set(sides).size).toBe(2);
  expect(await sidesOf(clients)).toEqual(sides);
  expect(await sidesOf(clients)).toEqual(sides);
}

describe('without trusted proxies', () => {
  beforeAll(() => open([]));
  afterAll(close);

  it('a client that keeps no cookie stays on one side, by its address and program', async () => {
    await expectSteady(many.map((at) => ({ 'User-Agent': `orders/${at}` })));
    await until('they are logged', async () => seen.length === 120);
    expect(new Set(seen.map(({ identity }) => identity))).toEqual(new Set(['address']));
    expect(new Set(seen.map(({ user }) => user)).size).toBe(40);
  });

  it('a response that caches in front may give to everybody has no cookie', async () => {
    const cookieWith = async (how: string) =>
      (await ask({ 'User-Agent': 'cached' }, `/kept?by=${encodeURIComponent(how)}`)).cookie;
    for (const how of ['public, max-age=3600', 'max-age=60', 's-maxage=9', 'max-age=0, immutable'])
      expect(await cookieWith(how), how).toBe('');
    // No shared cache keeps these; Express says the last of every file.
    for (const how of ['private, max-age=600', 'no-store', 'no-cache', 'public, max-age=0'])
      expect(await cookieWith(how), how).not.toBe('');
  });

  it('a browser keeps its side when it gets the cookie', async () => {
    for (const at of many) {
      const agent = { 'User-Agent': `browser/${at}` };
      const first = await Promise.all([ask(agent), ask(agent), ask(agent)]);
      expect(new Set(first.map(({ side }) => side)).size).toBe(1);
      const cookie = first[0]?.cookie ?? '';
      expect(cookie).toMatch(/^canary-id=\d+$/);
      const next = await ask({ ...agent, Cookie: cookie });
      expect(next).toEqual({ side: first[0]?.side, cookie: '' });
    }
  });

  it('browsers behind one address are users of their own', async () => {
    const agent = { 'User-Agent': 'the office browser' };
    await ask({ ...agent, Cookie: (await ask(agent)).cookie });
    const cookies: Record<string, string>[] = [];
    for (const _ of many) cookies.push({ ...agent, Cookie: (await ask(agent)).cookie });
    expect(new Set(cookies.map(({ Cookie }) => Cookie)).size).toBe(40);
    await expectSteady(cookies);
  });

  it('an address that a proxy reports is not believed, and the proxy is not taken for a client', async () => {
    const clients = many.map((at) => ({ 'X-Forwarded-For': `192.0.2.${at}` }));
    for (const headers of clients) await ask(headers, '/reported');
    const logged = () => seen.filter(({ path }) => path === '/reported');
    await until('they are logged', async () => logged().length === 40);
    expect(new Set(logged().map(({ identity }) => identity))).toEqual(new Set(['none']));
    expect(new Set(logged().map(({ user }) => user)).size).toBe(1);
    expect(new Set(logged().map(({ side }) => side)).size).toBe(2);
  });
});

describe('with trusted proxies', () => {
  // Whatever address the machine has in the network of the engine.
  beforeAll(() => open(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '198.51.100.7']));
  afterAll(close);

  it('clients stay on one side by the address that the proxy reports', async () => {
    await expectSteady(many.map((at) => ({ 'X-Forwarded-For': `192.0.2.${at}` })));
    await until('they are logged', async () => seen.length === 120);
    expect(new Set(seen.map(({ identity }) => identity))).toEqual(new Set(['address']));
    expect(new Set(seen.map(({ user }) => user)).size).toBe(40);
  });

  it('the last address that no trusted proxy has is the client’s', async () => {
    const said = (at: number) => `10.9.9.${at}, 203.0.113.${at}, 192.0.2.99, 198.51.100.7`;
    expect(new Set(await sidesOf(many.map((at) => ({ 'X-Forwarded-For': said(at) })))).size).toBe(
      1,
    );
  });
});
