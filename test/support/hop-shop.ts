import { STOPS_GRACEFULLY } from './graceful-stop.ts';
import { NODE_BUILD, portsOf } from './node-service.ts';
import { Storedog } from './storedog.ts';

/** Reports its side, and those of the services it calls; the path names the headers that it passes on. */
export function hopServer(side: string): string {
  return `import http from 'node:http';
const WAYS = {
  told: ['x-canary'], baggage: ['baggage'], known: ['x-user-id'], silent: [],
  seen: ['x-canary', 'baggage'],
};
const agent = new http.Agent({ keepAlive: false });
const ask = (url, headers) => new Promise((resolve, reject) => {
  http.get(url, { headers, agent }, async (answer) => {
    let body = '';
    for await (const chunk of answer) body += chunk;
    resolve(answer.statusCode === 200 ? body : answer.statusCode + ' ' + body);
  }).on('error', reject);
});
const server = http.createServer(async (request, response) => {
  for await (const _ of request);
  const [, way, direct] = request.url.split('/');
  const passed = (WAYS[way] ?? WAYS.known).flatMap((name) => {
    const value = request.headers[name];
    return value === undefined ? [] : [[name, value]];
  });
  const next = direct ? process.env.DIRECT : process.env.NEXT;
  try {
    const rest = next ? ' ' + (await ask(next + request.url, Object.fromEntries(passed))) : '';
    const seen = !next && way === 'seen' ? JSON.stringify(request.headers) : '${side}';
    response.end(seen + rest);
  } catch (error) {
    response.statusCode = 500;
    response.end(String(error));
  }
});
server.listen(3000);
${STOPS_GRACEFULLY}`;
}

interface HopPorts {
  port: string;
  /** For a service that others call. */
  inner: string;
  build: string;
}

/** `web` calls `middle`, which was not chosen, and that calls `last`; all on one port. */
export async function hopShop(
  choice: (shop: Storedog) => string,
  compose: (shop: HopPorts) => string = threeServices,
): Promise<Storedog> {
  const shop = await Storedog.create((text) => {
    const { frontend, discounts } = portsOf(text);
    return compose({ port: frontend, inner: discounts, build: NODE_BUILD });
  });
  await shop.write('store-frontend/server.js', hopServer('stable'));
  const settings = ['version: 1', `services: ${choice(shop)}`, 'identity: [header:X-User-Id]', ''];
  await shop.write('canary.yaml', settings.join('\n'));
  await shop.git('add', '--all');
  await shop.git('commit', '--quiet', '-m', 'A server for tests');
  await shop.git('branch', '--force', 'canary');
  await shop.commitOn('canary', 'store-frontend/server.js', hopServer('canary'));
  await shop.startProduction();
  return shop;
}

function threeServices({ port, inner, build }: HopPorts): string {
  return `services:
  web:
    ${build}
    ports: ["${port}:3000"]
    environment: { NEXT: "http://middle:3000", DIRECT: "http://last:3000" }
  middle:
    ${build}
    environment: { NEXT: "http://last:3000" }
  last:
    ${build}
    ports: ["${inner}:3000"]
`;
}
