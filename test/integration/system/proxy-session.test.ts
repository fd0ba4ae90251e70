import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { UnixProxySocket } from '../../../src/system/haproxy/proxy-socket.ts';

let folder: string;
let server: Server;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'canary-session-'));
});

afterEach(async () => {
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

/** A socket that answers each line as HAProxy does in its prompt mode. */
async function answering(
  answer: (line: string, socket: Socket) => string,
): Promise<UnixProxySocket> {
  const path = join(folder, 'admin.sock');
  server = createServer((socket) => {
    socket.on('data', (chunk) => socket.write(answer(chunk.toString().trim(), socket)));
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  return new UnixProxySocket(path);
}

test('a session sends commands one after the other on one connection', async () => {
  const lines: string[] = [];
  const socket = await answering((line) => {
    lines.push(line);
    return line === 'show stat' ? '# pxname,svname,\nfrontend,stable,\n\n> ' : '\n> ';
  });
  const session = await socket.hold(60);
  expect(await session.ask('show stat')).toBe('# pxname,svname,\nfrontend,stable,\n');
  session.end();
  expect(lines).toEqual(['prompt', 'set timeout cli 60', 'show stat']);
});

test('a closed session fails instead of waiting', async () => {
  const socket = await answering((line, connection) => {
    if (line === 'show stat') connection.destroy();
    return '\n> ';
  });
  const session = await socket.hold(60);
  await expect(session.ask('show stat')).rejects.toThrow('the session was closed');
  await expect(session.ask('show stat')).rejects.toThrow();
});

test('a socket without a listener is an unreachable proxy', async () => {
  await answering(() => '\n> ');
  const absent = new UnixProxySocket(join(folder, 'absent.sock'));
  await expect(absent.hold(60)).rejects.toMatchObject({ code: 'proxy-unreachable' });
  await expect(absent.ask('show stat')).rejects.toMatchObject({ code: 'proxy-unreachable' });
});

test.each([
  ['never ends', 1_000_000],
  ['trickles', 1],
])('an answer that %s is an unreachable proxy, and fills no memory', async (_, size) => {
  const path = join(folder, 'admin.sock');
  let sent = 0;
  server = createServer({ allowHalfOpen: true }, (socket) => {
    const write = () => {
      sent += size;
      if (!socket.destroyed) socket.write(Buffer.alloc(size, 'a'), () => setTimeout(write, 1));
    };
    socket.on('error', () => undefined);
    socket.once('data', write);
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  const socket = new UnixProxySocket(path);
  await expect(socket.ask('show stat', 300)).rejects.toMatchObject({ code: 'proxy-unreachable' });
  await expect(socket.hold(1)).rejects.toMatchObject({ code: 'proxy-unreachable' });
  expect(sent).toBeLessThan(300_000_000);
});
