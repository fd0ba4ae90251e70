import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { totalCounts } from '../../../src/proxy/counts.ts';
import { countLongLived, SHOW_LONG_LIVED } from '../../../src/proxy/long-lived.ts';
import { openRequests } from '../../../src/proxy/statistics.ts';
import { ALL, OFF } from '../../../src/proxy/weight-map.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';
import { until } from '../../support/storedog.ts';

const BOTH = { accept: true, send: true };

let shop: ProtocolShop;

beforeAll(async () => {
  shop = await ProtocolShop.start({
    raw: { entry: 3001, port: PORT.bytes, protocol: 'tcp', preview: 3101 },
    many: { entry: 3002, port: PORT.bytesTold, protocol: 'tcp', proxyProtocol: BOTH },
    page: { entry: 3005, port: PORT.httpTold, proxyProtocol: BOTH },
    pass: { entry: 3003, port: PORT.tls, protocol: 'tls' },
    named: {
      entry: 3004,
      port: PORT.tls,
      protocol: 'tls',
      sni: ['shop.example', '*.shop.example'],
    },
  });
});
afterAll(() => shop?.dispose());

/** The next text received, or nothing if the connection ends. */
function next(socket: Socket): Promise<string> {
  return new Promise((resolve) => {
    socket.once('data', (chunk) => resolve(String(chunk)));
    socket.once('close', () => resolve(''));
    socket.once('error', () => resolve(''));
  });
}

/** The service's first message to a client with this address. */
async function greeting(source: string): Promise<string> {
  const socket = connect(3002, shop.host);
  socket.write(`PROXY TCP4 ${source} 192.0.2.1 40000 3002\r\n`);
  const text = await next(socket);
  socket.destroy();
  return text.trim();
}

const sources = Array.from({ length: 120 }, (_, at) => `198.51.${at % 7}.${at + 1}`);
const onCanary = async () => {
  const words = await Promise.all(sources.map(greeting));
  expect(words.map((each) => each.split(' ')[1])).toEqual(
    sources.map((source) => `${source}:40000`),
  );
  return new Set(sources.filter((_, at) => words[at]?.startsWith('canary')));
};

describe('bytes', () => {
  it('are split by source address: half of the addresses at 50%, and a higher weight only adds some', async () => {
    await shop.split(50);
    const half = await onCanary();
    expect(half.size).toBeGreaterThan(40);
    expect(half.size).toBeLessThan(80);
    expect(await onCanary()).toEqual(half);
    await shop.split(80);
    const more = await onCanary();
    expect(more.size).toBeGreaterThan(half.size);
    expect([...half].filter((each) => !more.has(each))).toEqual([]);
  });

  it('of an address are on the same side as its requests', async () => {
    await shop.split(50);
    const canary = await onCanary();
    const some = sources.slice(0, 30);
    const pages = await Promise.all(
      some.map(async (source) => {
        const socket = connect(3005, shop.host);
        socket.write(`PROXY TCP4 ${source} 192.0.2.1 40000 3005\r\n`);
        socket.write('GET / HTTP/1.1\r\nHost: shop\r\nConnection: close\r\n\r\n');
        let page = '';
        for await (const chunk of socket) page += chunk;
        return /"side":"(\w+)"/.exec(page)?.[1];
      }),
    );
    const expected = some.map((source) => (canary.has(source) ? 'canary' : 'stable'));
    expect(pages).toEqual(expected);
    expect(new Set(pages).size).toBe(2);
  });

  it.each([
    ['nobody', OFF, 0],
    ['nobody with weight 0', 0, 0],
    ['everybody', ALL, sources.length],
  ])('send %s to the canary', async (_, split, expected) => {
    await shop.split(split);
    expect((await onCanary()).size).toBe(expected);
  });

  it('pass unchanged both ways, with the service speaking first', async () => {
    await shop.split(ALL);
    const socket = connect(3001, shop.host);
    expect(await next(socket)).toBe('canary\n');
    for (const text of ['a', 'GET / HTTP/1.1\r\n\r\n', '\u0000\u0001']) {
      const answer = next(socket);
      socket.write(text);
      expect(await answer).toBe(text);
    }
    socket.destroy();
  });

  it('are counted as connections per side, including the open ones', async () => {
    const counts = async () => totalCounts({ raw: await shop.statistics('raw') }, ['raw']);
    const before = await counts();
    await shop.split(OFF);
    const stable = connect(3001, shop.host);
    await next(stable);
    await shop.split(ALL);
    const canary = [connect(3001, shop.host), connect(3001, shop.host)];
    await Promise.all(canary.map(next));
    const now = await counts();
    expect([now.stable - before.stable, now.canary - before.canary]).toEqual([1, 2]);
    const sides = await shop.statistics('raw');
    expect([openRequests(sides, 'stable'), openRequests(sides, 'canary')]).toEqual([1, 2]);
    const table = await shop.ask(SHOW_LONG_LIVED);
    expect(countLongLived(table, 'raw', 'stable')).toBe(1);
    expect(countLongLived(table, 'raw', 'canary')).toBe(2);
    for (const each of [stable, ...canary]) each.destroy();
    await until('none is open', async () => {
      const left = await shop.statistics('raw');
      return openRequests(left, 'stable') + openRequests(left, 'canary') === 0;
    });
    expect(now.canaryFailures + now.stableFailures + now.shielded).toBe(0);
  });

  it('at the preview reach only the canary', async () => {
    await shop.split(OFF);
    const socket = connect(3101, shop.host);
    expect(await next(socket)).toBe('canary\n');
    socket.destroy();
  });
});

/** The answer of an HTTPS server that ends TLS itself: the name in its certificate, and its side. */
function askTls(port: number, servername: string): Promise<{ name: string; answer: string }> {
  return new Promise((resolve, reject) => {
    const options = { host: shop.host, port, servername, rejectUnauthorized: false };
    const socket = connectTls(options, async () => {
      socket.write(`GET / HTTP/1.1\r\nHost: ${servername}\r\nConnection: close\r\n\r\n`);
      const name = String(socket.getPeerCertificate().subject.CN);
      let answer = '';
      for await (const chunk of socket) answer += chunk;
      resolve({ name, answer });
    });
    socket.on('error', reject);
  });
}

describe('TLS that passes through', () => {
  it.each([
    ['stable', OFF],
    ['canary', ALL],
  ])('ends at the %s itself', async (side, split) => {
    await shop.split(split);
    const { name, answer } = await askTls(3003, 'any.example');
    expect(name).toBe(`${side}.example`);
    expect(answer).toContain(`"side":"${side}"`);
  });

  const nameOf = async (host: string) => (await askTls(3004, host)).name;

  it('is split for the configured names, and stays on the stable for others', async () => {
    await shop.split(100);
    const asked = ['shop.example', 'SHOP.example', 'a.shop.example'];
    for (const host of asked) expect([host, await nameOf(host)]).toEqual([host, 'canary.example']);
    const others = ['other.example', 'a.b.shop.example', 'ashop.example', 'shop.example.org', ''];
    for (const host of others) expect([host, await nameOf(host)]).toEqual([host, 'stable.example']);
  });

  it('of every name is on the canary while the stable is replaced', async () => {
    await shop.split(ALL);
    expect(await nameOf('other.example')).toBe('canary.example');
  });
});

describe('a canary that accepts no connection', () => {
  it('loses no connection: the stable takes it instead, and it is counted', async () => {
    await shop.split(ALL);
    expect((await onCanary()).size).toBe(sources.length);
    await shop.kill('canary');
    for (let at = 0; at < 100; at += 1)
      expect(await greeting(sources[at] ?? '')).toMatch(/^stable /);
    const { shielded, canaryFailures } = totalCounts({ many: await shop.statistics('many') }, [
      'many',
    ]);
    expect(canaryFailures).toBe(0);
    expect(shielded).toBeGreaterThan(0);
  });
});
