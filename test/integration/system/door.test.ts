import { createServer, type IncomingMessage, request, type Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { hiding } from '../../../src/compose/disguise/hidden.ts';
import { standingIn } from '../../../src/compose/disguise/stand-in.ts';
import { type Door, openDoor } from '../../../src/system/docker/door/door.ts';
import { emptyFolder } from '../../support/fixture-project.ts';

/** The door between Compose and an engine that answers as Docker's API does; test/engine/up has the real one behind it. */
const LABELS = {
  'com.docker.compose.project': 'shop',
  'com.docker.compose.service': 'web',
  'com.docker.compose.container-number': '1',
  'com.docker.compose.config-hash': 'c0ffee',
};
const HIDDEN = { ...LABELS, 'com.docker.compose.oneoff': 'canary' };
const SHOWN = { ...LABELS, 'com.docker.compose.oneoff': 'False' };

let engine: Server;
let door: Door;
let wire: () => Promise<Socket>;
let asked: { line: string; body: string }[];

beforeEach(async () => {
  asked = [];
  const path = join(await emptyFolder(), 'engine.sock');
  engine = createServer(async (incoming, answer) => {
    const line = `${incoming.method} ${decodeURIComponent(incoming.url ?? '')}`;
    asked.push({ line, body: await text(incoming) });
    answer.setHeader('Content-Type', 'application/json');
    if (line.includes('/containers/json'))
      answer.end(JSON.stringify([{ Id: 'id1', Names: ['/shop-web-1-stable'], Labels: HIDDEN }]));
    else if (line.includes('/containers/create')) answer.writeHead(201).end('{"Id":"id2"}');
    else if (line.endsWith('/json'))
      answer.end(
        JSON.stringify({ Id: 'id1', Name: '/shop-web-1-stable', Config: { Labels: HIDDEN } }),
      );
    else if (line.includes('/events')) answer.write('{"status":"start"}\n');
    else answer.writeHead(204).end();
  });
  engine.on('upgrade', (_incoming, stream, head) => {
    stream.write('HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n');
    stream.write(head);
    stream.pipe(stream);
  });
  await new Promise<void>((resolve) => engine.listen(path, resolve));
  wire = async () => connect(path);
  door = await openDoor(wire, hiding(['web']));
});

afterEach(async () => {
  await door.close();
  engine.closeAllConnections();
  await new Promise((resolve) => engine.close(resolve));
});

function ask(method: string, path: string, body?: unknown): Promise<IncomingMessage> {
  const socketPath = door.address.replace('unix://', '');
  const headers = { 'Content-Type': 'application/json' };
  return new Promise((resolve, reject) => {
    const asking = request({ socketPath, method, path, headers }, resolve).once('error', reject);
    asking.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

const json = async (answer: IncomingMessage) => JSON.parse(await text(answer));

test('a list asks the engine without the labels that are not what they seem, and shows what matches', async () => {
  const listed = async (oneOff: string) => {
    const label = {
      'com.docker.compose.project=shop': true,
      [`com.docker.compose.oneoff=${oneOff}`]: true,
      'com.docker.compose.config-hash': true,
    };
    const filters = encodeURIComponent(JSON.stringify({ label }));
    return json(await ask('GET', `/v1.41/containers/json?all=1&filters=${filters}`));
  };
  expect(await listed('False')).toEqual([{ Id: 'id1', Names: ['/shop-web-1'], Labels: SHOWN }]);
  expect(await listed('True')).toEqual([]);
  expect(asked[0]?.line).toBe(
    'GET /v1.41/containers/json?all=1&filters={"label":{"com.docker.compose.project=shop":true}}',
  );
});

test('a container that was made hidden is found by the name that was asked for', async () => {
  const body = { Image: 'shop-web', Labels: SHOWN };
  const created = await ask('POST', '/v1.41/containers/create?name=shop-web-1', body);
  expect(created.statusCode).toBe(201);
  expect(asked[0]?.line).toBe('POST /v1.41/containers/create?name=shop-web-1-stable');
  expect(JSON.parse(asked[0]?.body ?? '')).toEqual({ Image: 'shop-web', Labels: HIDDEN });
  const seen = await json(await ask('GET', '/v1.41/containers/shop-web-1/json'));
  expect(seen).toEqual({ Id: 'id1', Name: '/shop-web-1', Config: { Labels: SHOWN } });
  expect(asked.at(-1)?.line).toBe('GET /v1.41/containers/id2/json');
  await ask('POST', '/v1.41/containers/shop-web-1/rename?name=shop-web-1');
  expect(asked.at(-1)?.line).toBe('POST /v1.41/containers/id2/rename?name=shop-web-1-stable');
});

test('other calls pass as they come, streams and attached terminals too', async () => {
  expect((await ask('POST', '/v1.41/images/load', { some: 'body' })).statusCode).toBe(204);
  expect(asked).toEqual([{ line: 'POST /v1.41/images/load', body: '{"some":"body"}' }]);

  const events = await ask('GET', '/v1.41/events');
  const [first] = await events.take(1).toArray();
  expect(String(first)).toBe('{"status":"start"}\n');

  const socket = connect(door.address.replace('unix://', ''));
  const heard = new Promise<string>((resolve) => {
    let all = '';
    socket.on('data', (chunk) => {
      all += chunk;
      if (all.endsWith('echo me')) resolve(all);
    });
  });
  socket.write(
    'POST /exec/1/start HTTP/1.1\r\nHost: d\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n',
  );
  socket.write('echo me');
  expect(await heard).toMatch(/^HTTP\/1.1 101 UPGRADED/);
  socket.destroy();
});

test('files that Compose copies into containers reach a service, but not what stands in for it', async () => {
  const copied = ['PUT', '/v1.41/containers/id1/archive?path=/'] as const;
  expect((await ask(...copied, 'a secret')).statusCode).toBe(204);
  expect(asked).toHaveLength(1);

  await door.close();
  door = await openDoor(wire, standingIn({ definitions: { web: 'd1' }, image: 'proxy' }));
  expect((await ask(...copied, 'a secret')).statusCode).toBe(200);
  expect(asked).toHaveLength(1);
});
