import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { join } from 'node:path';
import type { Duplex } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Guise } from '../../../compose/disguise/guise.ts';
import { mkdtemp, rm } from '../../disk.ts';
import { makePrivateFolder, type PrivateFolder } from '../../state/private-folder.ts';
import {
  type Call,
  callOf,
  containerNamed,
  joinedNetwork,
  type Listed,
  madeContainer,
  shownAnswer,
  withId,
  withoutChangedLabels,
} from './requests.ts';
import { agentOn, type Wire } from './wire.ts';

/** Where one call of Compose finds the engine, under a guise. */
export interface Door {
  /** For `DOCKER_HOST`. */
  address: string;
  close(): Promise<void>;
}

/** Linux keeps it in memory. */
const IN_MEMORY = '/dev/shm';
const SOCKET = 'engine.sock';
/** The kernel's limit for the path of a unix socket, on Linux. */
const LONGEST_PATH = 107;

interface Passage {
  wire: Wire;
  guise: Guise;
  /** The engine knows containers by other names than those that Compose was shown. */
  ids: Map<string, string>;
}

/** Opens a door to the engine, in a folder that only this user can enter. */
export async function openDoor(wire: Wire, guise: Guise): Promise<Door> {
  const folder = await doorFolder();
  const path = join(folder.path, SOCKET);
  const connections = new Set<Duplex>();
  const passage = { wire, guise, ids: new Map<string, string>() };
  const server = createServer((incoming, answer) => {
    passed(passage, incoming, answer).catch((error: Error) => {
      if (answer.headersSent) answer.destroy();
      else answer.writeHead(502).end(JSON.stringify({ message: error.message }));
    });
  });
  // Attached terminals and build sessions speak something else than HTTP after their first request.
  server.on('upgrade', (incoming, stream, head) => {
    passedOn(wire, incoming, stream, head).catch(() => stream.destroy());
  });
  server.on('connection', (stream) => {
    connections.add(stream);
    stream.once('close', () => connections.delete(stream));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  return {
    address: `unix://${path}`,
    async close() {
      for (const each of connections) each.destroy();
      await new Promise((resolve) => server.close(resolve));
      await folder.remove();
    },
  };
}

/** Also on a full disk, and where the usual folder has a long name: the way out of a release may need it. */
async function doorFolder(): Promise<PrivateFolder> {
  const usual = await makePrivateFolder(new AbortController().signal).catch(() => undefined);
  if (usual && Buffer.byteLength(join(usual.path, SOCKET)) <= LONGEST_PATH) return usual;
  await usual?.remove();
  const path = await mkdtemp(join(IN_MEMORY, 'canary-door-'));
  return { path, remove: () => rm(path, { recursive: true, force: true }) };
}

/** Passes one request to the engine and its answer back, each changed by the guise. */
async function passed(
  { wire, guise, ids }: Passage,
  incoming: IncomingMessage,
  answer: ServerResponse,
): Promise<void> {
  const url = new URL(incoming.url ?? '/', 'http://engine');
  url.pathname = withId(url.pathname, ids);
  const call = callOf(incoming.method ?? 'GET', url);
  const labels = call.kind === 'list' ? withoutChangedLabels(url) : [];
  const asked = url.searchParams.get('name') ?? '';
  if (call.kind === 'files' && guise.withoutFiles) {
    await buffer(incoming);
    answer.writeHead(200).end();
    return;
  }
  if (call.kind === 'rename') await rename(wire, guise, url, call.container);
  const body = await changedRequest(call, url, guise, incoming);
  const response = await ask(wire, incoming, url, body, answer);
  const status = response.statusCode ?? 502;
  const isRead = ['list', 'inspect', 'create'].includes(call.kind) && status < 300;
  if (!isRead) {
    answer.writeHead(status, response.headers);
    answer.flushHeaders();
    response.pipe(answer);
    return;
  }
  const found = JSON.parse((await buffer(response)).toString());
  const shown = shownAnswer(call, found, guise, labels);
  if (call.kind === 'create') ids.set(asked, found.Id);
  for (const { Id, Names = [] } of call.kind === 'list' ? (shown as Listed[]) : [])
    for (const name of Names) ids.set(name.replace('/', ''), Id);
  const {
    'content-length': _length,
    'transfer-encoding': _encoding,
    ...headers
  } = response.headers;
  answer.writeHead(status, headers).end(JSON.stringify(shown));
}

/** The changed body of a request; `undefined` if it passes as it comes. */
async function changedRequest(
  call: Call,
  url: URL,
  guise: Guise,
  incoming: IncomingMessage,
): Promise<string | undefined> {
  if (call.kind !== 'create' && call.kind !== 'join') return undefined;
  const body = JSON.parse((await buffer(incoming)).toString());
  return JSON.stringify(
    call.kind === 'create' ? madeContainer(url, body, guise) : joinedNetwork(body, guise),
  );
}

/** The request for a new name does not tell whose it is. */
async function rename(wire: Wire, guise: Guise, url: URL, container: string): Promise<void> {
  const name = url.searchParams.get('name') ?? '';
  const path = `/containers/${container}/json`;
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    request({ agent: agentOn(wire), path, headers: { host: 'engine' } }, resolve)
      .once('error', reject)
      .end();
  });
  const found = JSON.parse((await buffer(response)).toString());
  if (response.statusCode !== 200) return;
  url.searchParams.set('name', guise.renamed(containerNamed(found), name));
}

function ask(
  wire: Wire,
  incoming: IncomingMessage,
  { pathname, search }: URL,
  body: string | undefined,
  answer: ServerResponse,
): Promise<IncomingMessage> {
  const { connection: _connection, ...rest } = incoming.headers;
  const { 'content-length': _length, 'transfer-encoding': _encoding, ...unsized } = rest;
  const headers =
    body === undefined ? rest : { ...unsized, 'content-length': Buffer.byteLength(body) };
  return new Promise((resolve, reject) => {
    const path = pathname + search;
    const passing = request(
      { agent: agentOn(wire), method: incoming.method, path, headers },
      resolve,
    );
    passing.once('error', reject);
    // What Compose no longer waits for ends on the engine too, such as a stream of events.
    answer.once('close', () => passing.destroy());
    if (body === undefined) incoming.pipe(passing);
    else passing.end(body);
  });
}

/** Passes a request on as it comes, and then whatever both ends say. */
async function passedOn(
  wire: Wire,
  incoming: IncomingMessage,
  stream: Duplex,
  head: Buffer,
): Promise<void> {
  const engine = await wire();
  for (const [end, other] of [
    [stream, engine],
    [engine, stream],
  ] as const) {
    end.once('error', () => other.destroy());
    end.once('close', () => other.destroy());
  }
  const lines = [`${incoming.method} ${incoming.url} HTTP/1.1`];
  for (let index = 0; index < incoming.rawHeaders.length; index += 2)
    lines.push(`${incoming.rawHeaders[index]}: ${incoming.rawHeaders[index + 1]}`);
  engine.write(`${lines.join('\r\n')}\r\n\r\n`);
  engine.write(head);
  stream.pipe(engine).pipe(stream);
}
