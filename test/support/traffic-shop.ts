import { type Agent, get } from 'node:http';
import { createConnection, type Socket } from 'node:net';
import { execa } from 'execa';
import { NODE_BUILD, portsOf } from './node-service.ts';
import { Storedog } from './storedog.ts';

/** The program of such a shop's service. */
export const SERVER_FILE = 'store-frontend/server.js';

/** A service that reports its name, and fails, waits and echoes as a test requests it. */
export function serverThatSays(name: string): string {
  return `import http from 'node:http';
import { hostname } from 'node:os';
let share = 0;
let owed = 0;
let way = 'status';
const isFailure = () => {
  owed += share;
  if (owed < 1) return false;
  owed -= 1;
  return true;
};
const server = http.createServer(async (request, response) => {
  const url = new URL(request.url, 'http://shop');
  for await (const _ of request);
  response.setHeader('X-Container', hostname());
  if (url.pathname === '/fail') {
    share = Number(url.searchParams.get('share'));
    way = url.searchParams.get('way');
  } else if (isFailure()) {
    if (way === 'cut') return request.socket.destroy();
    response.statusCode = 500;
  }
  if (url.pathname === '/events') {
    response.setHeader('Content-Type', 'text/event-stream');
    return response.write('data: first\\n\\n');
  }
  if (url.pathname === '/slow') await new Promise((resolve) => setTimeout(resolve, 1500));
  response.end('${name}');
});
server.on('upgrade', (request, socket) => {
  socket.write('HTTP/1.1 101 Switching Protocols\\r\\nConnection: Upgrade\\r\\nUpgrade: echo\\r\\n\\r\\n');
  socket.on('error', () => undefined);
  socket.pipe(socket);
});
server.listen(3000);
process.on('SIGTERM', () => process.exit());
`;
}

/** One entry, `frontend`, whose stable and canary report which they are; production runs, the proxy is up. */
export async function trafficShop(settings: readonly string[] = []): Promise<Storedog> {
  const shop = await frontShop(settings);
  // Starts production as well, and faster than production first and the proxy later.
  await shop.succeed('up');
  await shop.untilShopAnswers();
  return shop;
}

/** The same before anything runs. The canary is judged only if `settings` define it. */
export async function frontShop(settings: readonly string[] = []): Promise<Storedog> {
  const shop = await Storedog.create(onlyFrontend);
  await shop.write(SERVER_FILE, serverThatSays('stable'));
  await shop.write(
    'canary.yaml',
    [
      'version: 1',
      `services: { frontend: { entry: ${shop.port}, preview: ${shop.preview} } }`,
      'identity: [header:X-User-Id]',
      ...settings,
      ...(settings.some((line) => line.startsWith('analysis:')) ? [] : ['analysis: false']),
      'database: { rehearse: off }',
      '',
    ].join('\n'),
  );
  await shop.git('commit', '--quiet', '--all', '-m', 'A server for tests');
  await shop.git('branch', '--force', 'canary');
  await shop.commitOn('canary', SERVER_FILE, serverThatSays('canary'));
  return shop;
}

function onlyFrontend(compose: string): string {
  return `services:
  frontend:
    ${NODE_BUILD}
    ports: ["${portsOf(compose).frontend}:3000"]
`;
}

/** Makes the canary fail a share of its requests, by a status or a closed connection; set at its preview. */
export async function letCanaryFail(
  shop: Storedog,
  share: number,
  way: 'status' | 'cut' = 'status',
): Promise<void> {
  await (await fetch(`${shop.previewUrl}fail?share=${share}&way=${way}`)).text();
}

/** Ends the canary's container from outside, as the kernel does when memory runs out. */
export async function killCanary(shop: Storedog): Promise<void> {
  const canaries = (await shop.containers()).filter(({ service }) => service.includes('-canary'));
  await execa('docker', ['kill', '--signal', 'KILL', ...canaries.map(({ id }) => id)]);
}

/**
 * The body of a response. Without an agent that keeps connections it uses a new one: an idle one may still be with an
 * old worker.
 */
export function askAnew(
  url: string,
  headers: Record<string, string>,
  method = 'GET',
  agent: Agent | false = false,
): Promise<string> {
  return new Promise((resolve, reject) => {
    get(url, { headers, method, agent }, (answer) => {
      let body = '';
      answer.on('data', (chunk) => {
        body += chunk;
      });
      answer.on('end', () => resolve(body));
    }).on('error', reject);
  });
}

/** An upgraded connection that stays open, as a WebSocket does. */
export class Stream {
  private readonly socket: Socket;

  private constructor(socket: Socket) {
    this.socket = socket;
  }

  static async open(port: number, header = 'X-Side: any'): Promise<Stream> {
    const stream = new Stream(createConnection({ port, host: '127.0.0.1' }));
    const answer = await stream.send(
      `GET /echo HTTP/1.1\r\nHost: shop\r\nConnection: Upgrade\r\nUpgrade: echo\r\n${header}\r\n\r\n`,
    );
    if (!answer.startsWith('HTTP/1.1 101')) throw new Error(`no stream: ${answer}`);
    return stream;
  }

  /** Sends a text and returns what comes back; rejects if the connection is closed. */
  send(text: string): Promise<string> {
    // A socket that the other side ended reports it only once.
    if (this.socket.readableEnded || this.socket.destroyed)
      return Promise.reject(new Error('the stream was cut'));
    return new Promise((resolve, reject) => {
      this.socket.once('data', (chunk) => resolve(chunk.toString()));
      this.socket.once('close', () => reject(new Error('the stream was cut')));
      this.socket.once('error', reject);
      this.socket.write(text);
    });
  }

  close(): void {
    this.socket.destroy();
  }
}
