import { NODE_BUILD, portsOf } from './node-service.ts';
import { Storedog } from './storedog.ts';

/** Reports its name and the service it reaches; completes its open requests when it is stopped. */
export function replicaServer(name: string): string {
  return `import http from 'node:http';
import { Server } from 'node:net';
import { hostname } from 'node:os';
const inner = async () => (await fetch('http://inner:3000/', { headers: { connection: 'close' } })).text();
let isStopping = false;
const server = http.createServer(async (request, response) => {
  for await (const _ of request);
  if (isStopping) response.setHeader('Connection', 'close');
  const who = '${name} ' + hostname();
  response.end(request.url === '/inner' ? await inner() : who);
});
server.listen(3000);
process.on('SIGTERM', () => {
  isStopping = true;
  // Stopped while it has users: it waits until the proxy has let go of every connection. Of http's own, close() cuts
  // idle ones, one of which may bring a request just now.
  Server.prototype.close.call(server, () => process.exit());
});
`;
}

/** An entry, and an inner service with two containers; the branch `canary` has two of each. */
export async function replicaShop(): Promise<Storedog> {
  const shop = await Storedog.create(twoServices);
  await shop.write('store-frontend/server.js', replicaServer('stable'));
  await shop.write(
    'canary.yaml',
    [
      'version: 1',
      `services: { frontend: { entry: ${shop.port}, preview: ${shop.preview} }, inner: {} }`,
      'identity: [header:X-User-Id]',
      'analysis: false',
      'database: { rehearse: off }',
      '',
    ].join('\n'),
  );
  await shop.git('commit', '--quiet', '--all', '-m', 'A server for tests');
  await shop.git('branch', '--force', 'canary');
  await shop.commitOn('canary', 'store-frontend/server.js', replicaServer('canary'));
  const compose = await shop.read('docker-compose.yml');
  const scaled = compose.replace('    ports:', '    deploy: { replicas: 2 }\n    ports:');
  await shop.commitOn('canary', 'docker-compose.yml', scaled);
  // Starts production as well.
  await shop.succeed('up');
  await shop.untilShopAnswers();
  return shop;
}

function twoServices(compose: string): string {
  return `services:
  frontend:
    ${NODE_BUILD}
    # On a slow machine the proxy takes longer to let go of its connections.
    stop_grace_period: 2m
    ports: ["${portsOf(compose).frontend}:3000"]
  inner:
    ${NODE_BUILD}
    expose: ["3000"]
    scale: 2
`;
}
