import { createHash } from 'node:crypto';
import { Agent, type IncomingMessage, type RequestOptions, request } from 'node:http';
import { connect as connectHttp2 } from 'node:http2';
import { connect } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { OFF } from '../../../src/proxy/weight-map.ts';
import { GrpcClient } from '../../support/fixture-grpc.ts';
import { WebSocketClient } from '../../support/fixture-websocket.ts';
import { within } from '../../support/patience.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';

const SIDES = ['stable', 'canary'] as const;
const users = (count: number) => Array.from({ length: count }, (_, at) => `user-${at}`);

let shop: ProtocolShop;

beforeAll(async () => {
  shop = await ProtocolShop.start({
    web: { entry: 3001, port: PORT.http },
    rpc: { entry: 3002, port: PORT.http2, protocol: 'http2' },
  });
});
afterAll(() => shop?.dispose());

const url = (path = '/', port = 3001) => `http://${shop.host}:${port}${path}`;
const on = (side: string) => ({ 'X-Canary': side });

async function text(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of answer) chunks.push(chunk);
  return Buffer.concat(chunks).toString();
}

function answerTo(path: string, options: RequestOptions, body?: Buffer): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    request(url(path), options, resolve).on('error', reject).end(body);
  });
}

/** Which side each user is on at 50%, each with a connection of their own. */
async function sidesAtHalf(names: readonly string[]): Promise<string[]> {
  await shop.split(50);
  const sides: string[] = [];
  for (const user of names) {
    const answer = await answerTo('/', { headers: { 'X-User-Id': user }, agent: false });
    sides.push(JSON.parse(await text(answer)).side);
  }
  expect(new Set(sides).size).toBe(2);
  return sides;
}

describe('HTTP/1.1', () => {
  it('splits each request of one connection by its own user', async () => {
    const names = users(60);
    const expected = await sidesAtHalf(names);
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ports = new Set<number>();
    const seen: string[] = [];
    for (const user of names) {
      const answer = await answerTo('/', { headers: { 'X-User-Id': user }, agent });
      ports.add(answer.socket.localPort ?? 0);
      seen.push(JSON.parse(await text(answer)).side);
    }
    agent.destroy();
    expect(seen).toEqual(expected);
    expect(ports.size).toBe(1);
  });

  it('answers pipelined requests in order, each by its side', async () => {
    const names = users(30);
    const expected = await sidesAtHalf(names);
    const lines = names.map((user, at) => {
      const close = at === names.length - 1 ? 'Connection: close\r\n' : '';
      const body = `${user}${'.'.repeat(at * 100)}`;
      return `POST /echo HTTP/1.1\r\nHost: shop\r\nX-User-Id: ${user}\r\n${close}Content-Length: ${body.length}\r\n\r\n${body}`;
    });
    const socket = connect(3001, shop.host);
    socket.write(lines.join(''));
    let answers = '';
    for await (const chunk of socket) answers += chunk;
    expect([...answers.matchAll(/x-side: (\w+)/gi)].map(([, side]) => side)).toEqual(expected);
    expect(answers.match(/user-\d+/g)).toEqual(names);
  });

  it.each(SIDES)('sends uploads of unknown length to the %s', async (side) => {
    const hash = createHash('sha256');
    const answered = new Promise<IncomingMessage>((resolve, reject) => {
      const call = request(url('/hash'), { method: 'POST', headers: on(side) }, resolve);
      call.on('error', reject);
      for (let at = 0; at < 200; at += 1) {
        const chunk = `chunk ${at} ${'x'.repeat(at)}\n`;
        hash.update(chunk);
        call.write(chunk);
      }
      call.end();
    });
    const facts = JSON.parse(await text(await answered));
    expect(facts).toMatchObject({ side, hash: hash.digest('hex') });
    expect(facts.headers['transfer-encoding']).toBe('chunked');
  });

  it.each(SIDES)('lets the %s answer 100 Continue', async (side) => {
    const answer = await new Promise<IncomingMessage>((resolve, reject) => {
      const headers = { ...on(side), Expect: '100-continue', 'Content-Length': '5' };
      const call = request(url('/hash'), { method: 'POST', headers }, resolve);
      call.on('error', reject);
      // Without an answer of the server, nothing would be sent.
      call.on('continue', () => call.end('hello'));
      call.flushHeaders();
    });
    expect(JSON.parse(await text(answer))).toMatchObject({ side, bytes: 5 });
  });

  it.each(SIDES)('passes on an event of the %s at once', async (side) => {
    const stream = await answerTo('/events', { headers: on(side), agent: false });
    const events = stream[Symbol.asyncIterator]();
    expect(String((await events.next()).value)).toBe('data: hello\n\n');
    for (const what of ['one', 'two', 'three']) {
      await text(await answerTo(`/tell?what=${what}`, { headers: on(side) }));
      // The stream stays open, so this event was not buffered.
      expect(String((await events.next()).value)).toBe(`data: ${what}\n\n`);
    }
    stream.destroy();
  });

  it.each(SIDES)('keeps no part of a message to or from the %s back', async (side) => {
    const call = request(url('/echo'), { method: 'POST', headers: on(side), agent: false });
    const answered = new Promise<IncomingMessage>((resolve) => call.on('response', resolve));
    call.write('0');
    const parts = (await answered)[Symbol.asyncIterator]();
    await parts.next();
    const took: number[] = [];
    for (let count = 0; count < 5; count += 1) {
      const since = performance.now();
      call.write('1');
      await parts.next();
      took.push(performance.now() - since);
    }
    call.destroy();
    // The kernel would wait 200 ms for more, in each direction.
    expect(Math.min(...took)).toBeLessThan(150);
  });

  it.each(SIDES)('upgrades to a WebSocket with the %s, with frames both ways', async (side) => {
    const client = await WebSocketClient.open(url('/'), on(side));
    expect(client.headers['x-side']).toBe(side);
    const long = 'long '.repeat(10_000);
    for (const message of ['hello', 'again', long]) {
      expect(await client.send(message)).toBe(message);
    }
    client.close();
  });

  it.each(SIDES)(
    'streams large bodies to and from the %s',
    async (side) => {
      const block = Buffer.alloc(1 << 20, 'body');
      const hash = createHash('sha256');
      const before = await shop.peakMemory();
      const answered = new Promise<IncomingMessage>((resolve, reject) => {
        const call = request(url('/hash'), { method: 'POST', headers: on(side) }, resolve);
        call.on('error', reject);
        const send = async () => {
          for (let count = 0; count < 64; count += 1) {
            hash.update(block);
            if (!call.write(block)) await new Promise((drained) => call.once('drain', drained));
          }
          call.end();
        };
        send().catch(reject);
      });
      const facts = JSON.parse(await text(await answered));
      expect(facts).toMatchObject({ side, bytes: 64 << 20, hash: hash.digest('hex') });

      const download = await answerTo(`/bytes?count=${64 << 20}`, { headers: on(side) });
      const received = createHash('sha256');
      for await (const chunk of download) received.update(chunk);
      const expected = createHash('sha256');
      for (let count = 0; count < 1024; count += 1) expected.update(Buffer.alloc(65_536, side));
      expect(received.digest('hex')).toBe(expected.digest('hex'));
      expect((await shop.peakMemory()) - before).toBeLessThan(8 << 20);
    },
    within(120_000),
  );
});

describe('a canary whose split expires', () => {
  it('loses all users by itself, including those who force it by header', async () => {
    const map = '/run/canary/weights.map';
    await shop.split(100);
    const sideOf = async (headers: Record<string, string>) =>
      JSON.parse(await text(await answerTo('/', { headers, agent: false }))).side;
    const soon = Math.floor(Date.now() / 1000) + 3600;
    await shop.ask(`set map ${map} until ${soon}`);
    expect(await sideOf({ 'X-User-Id': 'ada' })).toBe('canary');
    await shop.ask(`set map ${map} until ${soon - 7200}`);
    expect(await sideOf({ 'X-User-Id': 'ada' })).toBe('stable');
    expect(await sideOf(on('canary'))).toBe('stable');
    await shop.ask(`set map ${map} until 0`);
    expect(await sideOf({ 'X-User-Id': 'ada' })).toBe('canary');
  });
});

describe('what a service gets to know about its client', () => {
  /** Headers as received, by lower-case name; a repeated name has two values. */
  const told = async (path: string, headers: Record<string, string>) => {
    const answer = await answerTo(path, { headers, agent: false });
    const { side, rawHeaders } = JSON.parse(await text(answer));
    const found: Record<string, string[]> = {};
    for (let at = 0; at < rawHeaders.length; at += 2) {
      const name = rawHeaders[at].toLowerCase();
      found[name] = [...(found[name] ?? []), rawHeaders[at + 1]];
    }
    const client = answer.socket.localAddress?.replace('::ffff:', '');
    const forwarded = Object.entries(found).filter(([name]) => name.startsWith('x-forwarded'));
    return { side, client, forwarded: Object.fromEntries(forwarded) };
  };

  it.each(SIDES)('is set once, on the %s', async (side) => {
    await shop.split(50);
    const { client, forwarded, ...rest } = await told('/', { ...on(side), Host: 'shop.example' });
    expect(rest.side).toBe(side);
    expect(forwarded).toEqual({
      'x-forwarded-for': [client],
      'x-forwarded-proto': ['http'],
      'x-forwarded-host': ['shop.example'],
      'x-forwarded-port': ['3001'],
    });
  });

  it.each(SIDES)('keeps what a proxy in front set, on the %s', async (side) => {
    const said = {
      'X-Forwarded-Proto': 'https',
      'X-Forwarded-Host': 'www.example',
      'X-Forwarded-Port': '443',
    };
    const { client, forwarded } = await told('/', {
      ...on(side),
      ...said,
      'X-Forwarded-For': '192.0.2.7',
    });
    expect(forwarded).toEqual({
      'x-forwarded-for': ['192.0.2.7', client],
      'x-forwarded-proto': ['https'],
      'x-forwarded-host': ['www.example'],
      'x-forwarded-port': ['443'],
    });
  });

  it.each<[string, Record<string, string>]>([
    ['the scheme', { 'X-Forwarded-Proto': 'https' }],
    ['the host', { 'X-Forwarded-Host': 'www.example' }],
    ['the port', { 'X-Forwarded-Port': '443' }],
    ['TLS, in its own words', { 'X-Forwarded-Ssl': 'on' }],
    ['a prefix', { 'X-Forwarded-Prefix': '/shop' }],
    ['everything, in the standard’s words', { Forwarded: 'for=192.0.2.7;proto=https' }],
    ['TLS, as Microsoft’s proxies do', { 'Front-End-Https': 'on' }],
    ['only the client', { 'X-Forwarded-For': '192.0.2.7' }],
  ])('is not mixed with what a proxy in front set: %s', async (_, said) => {
    const { forwarded } = await told('/', { ...said, Host: 'shop.example' });
    const { 'x-forwarded-for': clients, ...rest } = forwarded;
    expect(clients?.at(-1)).toMatch(/^[\d.]+$/);
    const others = Object.entries(said).filter(([name]) => /^X-Forwarded-(?!For)/.test(name));
    expect(rest).toEqual(
      Object.fromEntries(others.map(([name, value]) => [name.toLowerCase(), [value]])),
    );
  });

  it('is set once in a request that the stable answers in place of the canary', async () => {
    const before = (await shop.statistics('web')).users?.instead[0]?.requests ?? 0;
    const { side, client, forwarded } = await told('/shielded', on('canary'));
    expect(side).toBe('stable');
    expect((await shop.statistics('web')).users?.instead[0]?.requests).toBe(before + 1);
    expect(forwarded['x-forwarded-for']).toEqual([client]);
    expect(forwarded['x-forwarded-port']).toEqual(['3001']);
  });
});

describe('HTTP/2 without TLS', () => {
  it('is accepted from clients of an HTTP/1.1 service, and each request is split', async () => {
    const names = users(40);
    const expected = await sidesAtHalf(names);
    const session = connectHttp2(url());
    const seen = await Promise.all(
      names.map(async (user) => {
        const stream = session.request({ ':path': '/', 'x-user-id': user });
        let body = '';
        for await (const chunk of stream) body += chunk;
        return JSON.parse(body).side;
      }),
    );
    session.close();
    expect(seen).toEqual(expected);
  });
});

describe('gRPC', () => {
  let client: GrpcClient;
  beforeAll(() => {
    client = new GrpcClient(url('/', 3002));
  });
  afterAll(() => client.close());

  it.each(SIDES)('passes a unary call to the %s, and its trailers back', async (side) => {
    const { messages, headers } = await client.call('Unary', ['hello'], { 'x-canary': side });
    expect(messages).toEqual([`${side} hello`]);
    expect(headers).toMatchObject({ ':status': 200, 'grpc-status': '0' });
    expect(headers['x-address']).toMatch(/^[\d.]+$/);
  });

  it.each(SIDES)('streams both ways with the %s', async (side) => {
    const words = Array.from({ length: 50 }, (_, at) => `word ${at}`);
    const { messages, headers } = await client.call('Talk', words, { 'x-canary': side });
    expect(messages).toEqual(words.map((word) => `${side} ${word}`));
    expect(headers['grpc-status']).toBe('0');
  });

  it('splits concurrent calls of one connection by user', async () => {
    const names = users(60);
    const expected = await sidesAtHalf(names);
    const calls = await Promise.all(
      names.map((user) => client.call('Unary', [user], { 'x-user-id': user })),
    );
    expect(calls.map(({ messages }) => messages)).toEqual(
      names.map((user, at) => [`${expected[at]} ${user}`]),
    );
  });

  it('returns a failure to its caller and repeats no call', async () => {
    await shop.split(50);
    const { whole, instead } = (await shop.statistics('rpc')).users ?? {};
    const { headers } = await client.call('Fail', ['once'], { 'x-canary': 'canary' });
    expect(headers).toMatchObject({ ':status': 200, 'grpc-status': '14', 'x-side': 'canary' });
    const after = (await shop.statistics('rpc')).users;
    expect(after?.whole.requests).toBe((whole?.requests ?? 0) + 1);
    expect(after?.instead).toEqual(instead);
  });

  it('does not count its own status as a failure for the breaker, not even in the middle of a call', async () => {
    const messages = ['first', 'never sent'];
    for (let count = 0; count < 10; count += 1) {
      const { headers } = await client.call('Refuse', messages, { 'x-canary': 'canary' });
      expect(headers).toMatchObject({ 'grpc-status': '14', 'x-side': 'canary' });
    }
    const { whole, met } = (await shop.statistics('rpc')).users ?? {};
    expect([whole?.status, met]).toEqual(['UP', 0]);
  });

  it('is closed to the canary by the off switch', async () => {
    await shop.split(OFF);
    const { messages } = await client.call('Unary', ['hello'], { 'x-canary': 'canary' });
    expect(messages).toEqual(['stable hello']);
  });
});
