import { connect as connectHttp2 } from 'node:http2';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { readWorker, SHOW_INFO } from '../../../src/proxy/master-process.ts';
import {
  followRequests,
  type LoggedRequest,
  parseRequest,
} from '../../../src/proxy/request-log.ts';
import { letLeave } from '../../../src/proxy/weight-map.ts';
import type { Following } from '../../../src/system/haproxy/line-stream.ts';
import { within } from '../../support/patience.ts';
import { PORT, ProtocolShop } from '../../support/protocol-shop.ts';
import { until } from '../../support/storedog.ts';

const SIDES = ['stable', 'canary'] as const;
const ENTRY = 3001;
const KEEP_ALIVE_MS = within(8000);

let shop: ProtocolShop;
let following: Following;
let seen: LoggedRequest[] = [];
let unread: string[] = [];

beforeAll(async () => {
  shop = await ProtocolShop.start({ web: { entry: ENTRY, port: PORT.heads } }, undefined, {
    proxy: { keepAlive: `${KEEP_ALIVE_MS}ms` },
  });
  await shop.split(50);
  following = await shop.follow(followRequests('new'), (line) => {
    const request = parseRequest(line);
    if (request) seen.push(request);
    else unread.push(line);
  });
});
afterAll(async () => {
  following?.end();
  await following?.ended;
  await shop?.dispose();
});
beforeEach(() => {
  seen = [];
  unread = [];
});

/** What the service says to a request as it is written: status line, headers, and the head it received. */
async function send(request: Buffer | string): Promise<{ answer: string; received: string }> {
  const socket = connect(ENTRY, shop.host);
  socket.write(request);
  const all = await untilComplete(socket);
  socket.destroy();
  const end = all.indexOf('\r\n\r\n') + 4;
  return { answer: all.slice(0, end), received: all.slice(end) };
}

/** The next answer on a connection, as Latin-1. */
function untilComplete(socket: Socket): Promise<string> {
  return new Promise((resolve, reject) => {
    let all = '';
    const read = (chunk: Buffer) => {
      all += chunk.toString('latin1');
      const end = all.indexOf('\r\n\r\n') + 4;
      const length = Number(/content-length: (\d+)/i.exec(all)?.[1] ?? 0);
      if (end < 4 || all.length < end + length) return;
      socket.off('data', read);
      resolve(all);
    };
    socket.on('data', read);
    socket.once('error', reject);
    socket.once('close', () => resolve(all));
  });
}

const bytes = (text: string) => Buffer.from(text).toString('latin1');

describe('a request that the service answers without the proxy', () => {
  const host = 'Host: shop\r\n';
  const CASES: [string, string][] = [
    ['letters that are not escaped', `GET /produkte/käse HTTP/1.1\r\n${host}`],
    ['the same in the query', `GET /suche?q=größe HTTP/1.1\r\n${host}`],
    ['a fragment', `GET /page#top HTTP/1.1\r\n${host}`],
    ['characters such as | { } ^ `', `GET /a?x={1|2}^\`3"<> HTTP/1.1\r\n${host}`],
    ['HTTP/1.0 without a host', 'GET /old HTTP/1.0\r\n'],
    ['a host in capitals with a dot', 'GET /host HTTP/1.1\r\nHost: SHOP.\r\n'],
    ['an absolute address of another host', `GET http://other/page HTTP/1.1\r\n${host}`],
    ['an empty header', `GET /empty HTTP/1.1\r\n${host}x-empty:\r\n`],
    ['letters in a header', `GET /header HTTP/1.1\r\n${host}x-name: Jürgen\r\n`],
    ['a header name with a dot and an underscore', `GET / HTTP/1.1\r\n${host}x_device.id: 7\r\n`],
    ['a header name with a slash', `GET / HTTP/1.1\r\n${host}x/device: 7\r\n`],
    ['a long path', `GET /${'p'.repeat(20_000)} HTTP/1.1\r\n${host}`],
    [
      'many headers',
      `GET / HTTP/1.1\r\n${host}${Array.from({ length: 500 }, (_, at) => `x-${at}: ${at}\r\n`).join('')}`,
    ],
    ['60 KB of cookies', `GET / HTTP/1.1\r\n${host}Cookie: ${'c=1234567; '.repeat(5600)}\r\n`],
  ];

  it.each(CASES)('is answered by both sides, and is nobody’s failure: %s', async (_, head) => {
    for (const side of SIDES) {
      const { answer, received } = await send(`${head}X-Canary: ${side}\r\n\r\n`);
      expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
      expect(answer).toContain(`x-side: ${side}`);
      for (const line of bytes(head).trimEnd().split('\r\n'))
        expect(received.toLowerCase()).toContain(line.trimEnd().toLowerCase());
    }
    await until('both are logged', async () => seen.length >= 2);
    expect(seen.map(({ side, failed }) => ({ side, failed }))).toEqual(
      SIDES.map((side) => ({ side, failed: false })),
    );
    expect(unread).toEqual([]);
  });

  it.each(SIDES)('may be answered by the %s with 40 KB of cookies', async (side) => {
    const { answer } = await send(
      `GET /sign-in?cookies=10 HTTP/1.1\r\n${host}X-Canary: ${side}\r\n\r\n`,
    );
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(answer.match(/set-cookie: ticket=x{3900}\r\n/g)).toHaveLength(10);
  });

  it('may have large headers over HTTP/2', async () => {
    const session = connectHttp2(`http://${shop.host}:${ENTRY}`);
    const cookie = 'c=1234567; '.repeat(4000);
    const stream = session.request({ ':path': '/', cookie });
    let received = '';
    for await (const chunk of stream) received += chunk;
    session.close();
    expect(received.length).toBeGreaterThan(cookie.length);
  });
});

describe('an idle connection', () => {
  const ORDER = 'POST /order HTTP/1.1\r\nHost: shop\r\nContent-Length: 0\r\n\r\n';
  const opened = async () => {
    const socket = connect(ENTRY, shop.host);
    socket.write(ORDER);
    expect(await untilComplete(socket)).toMatch(/^HTTP\/1.1 200/);
    return socket;
  };
  // Its body repeats the request that the service got.
  const headOf = (answer: string) => answer.split('\r\n\r\n', 1)[0]?.toLowerCase();
  const closed = (socket: Socket) => new Promise((resolve) => socket.once('close', resolve));

  it('is kept as long as `proxy.keepAlive` says', async () => {
    const socket = await opened();
    const since = Date.now();
    await closed(socket);
    expect(Date.now() - since).toBeGreaterThan(KEEP_ALIVE_MS - 100);
  });

  it('ends with the next response while clients are asked to leave, and only then', async () => {
    const socket = await opened();
    const now = Math.ceil(Date.now() / 1000);
    await shop.ask(letLeave(now + 60).create);
    socket.write(ORDER);
    expect(headOf(await untilComplete(socket))).toContain('\r\nconnection: close');
    await closed(socket);

    await shop.ask(letLeave(now - 1).change);
    const another = await opened();
    another.write(ORDER);
    expect(headOf(await untilComplete(another))).not.toContain('connection: close');
    another.destroy();
  });

  it('of a replaced worker is closed sooner, because that worker no longer learns where containers are', async () => {
    const sockets = await Promise.all(Array.from({ length: 20 }, opened));
    const worker = () => shop.ask(SHOW_INFO).then(readWorker, () => '');
    const before = await worker();
    const since = Date.now();
    await shop.reload();
    await Promise.all(sockets.map(closed));
    expect(Date.now() - since).toBeLessThan(KEEP_ALIVE_MS - 1000);
    expect(await worker()).not.toBe(before);
  });
});
