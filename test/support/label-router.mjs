// A router that finds containers like Traefik and nginx-proxy, by their documented rules; the tests have neither.
import http from 'node:http';

/** Traefik applies changes at most this often (`providersThrottleDuration`). */
const THROTTLE_MS = 2000;
const api = (path) => ({ socketPath: '/run/docker.sock', path });
const ask = (path) =>
  new Promise((resolve, reject) => {
    http
      .get(api(path), async (answer) => {
        let body = '';
        for await (const chunk of answer) body += chunk;
        resolve(JSON.parse(body));
      })
      .on('error', reject);
  });

let routers = [];
let hosts = {};

async function running() {
  const filters = { label: [`com.docker.compose.project=${process.env.PROJECT}`] };
  const list = await ask(`/containers/json?filters=${encodeURIComponent(JSON.stringify(filters))}`);
  const all = await Promise.all(list.map(({ Id }) => ask(`/containers/${Id}/json`)));
  return all.filter(({ State }) => State?.Running);
}

function addressOf({ NetworkSettings: { Networks } }, network) {
  return (Networks[network] ?? Object.values(Networks)[0])?.IPAddress;
}

/** Of healthy, enabled containers; what two of them define differently is left out. */
function traefik(containers) {
  const found = new Map();
  const servers = new Map();
  for (const each of containers) {
    const labels = each.Config.Labels;
    const health = each.State.Health?.Status;
    if (labels['traefik.enable'] !== 'true' || (health && health !== 'healthy')) continue;
    const of = (kind) => {
      const parts = {};
      for (const [key, value] of Object.entries(labels)) {
        const [, name, field] =
          new RegExp(`^traefik\\.http\\.${kind}\\.([^.]+)\\.(.+)$`).exec(key) ?? [];
        if (name) parts[name] = { ...parts[name], [field.toLowerCase()]: value };
      }
      return parts;
    };
    const services = of('services');
    for (const [name, service] of Object.entries(services)) {
      const at = `${addressOf(each, labels['traefik.docker.network'])}:${service['loadbalancer.server.port']}`;
      servers.set(name, [...(servers.get(name) ?? []), at]);
    }
    for (const [name, router] of Object.entries(of('routers'))) {
      const own = { ...router, service: router.service ?? Object.keys(services)[0] };
      const other = found.get(name);
      found.set(
        name,
        other && JSON.stringify(other) !== JSON.stringify(own) ? { isMixed: true } : own,
      );
    }
  }
  return [...found]
    .filter(([, router]) => !router.isMixed && router.rule)
    .map(([name, { rule, priority, service }]) => {
      const [, host] = /Host\(`([^`]*)`\)/.exec(rule) ?? [];
      return {
        name,
        host,
        priority: Number(priority) || rule.length,
        servers: servers.get(service) ?? [],
      };
    })
    .sort((one, other) => other.priority - one.priority);
}

/** Every running container with the host, whatever its health. */
function nginxProxy(containers) {
  const found = {};
  for (const each of containers) {
    const env = Object.fromEntries(
      (each.Config.Env ?? []).map((line) => {
        const [key, ...value] = line.split('=');
        return [key, value.join('=')];
      }),
    );
    if (env.VIRTUAL_HOST)
      found[env.VIRTUAL_HOST] = [
        ...(found[env.VIRTUAL_HOST] ?? []),
        `${addressOf(each)}:${env.VIRTUAL_PORT ?? 80}`,
      ];
  }
  return found;
}

let isReading = false;
let isStale = false;
let throttled = 0;
async function read() {
  isStale = true;
  if (isReading) return;
  isReading = true;
  while (isStale) {
    isStale = false;
    const containers = await running().catch(() => undefined);
    if (!containers) {
      isStale = true;
      continue;
    }
    hosts = nginxProxy(containers);
    const wait = throttled - Date.now();
    if (wait > 0) {
      isStale = true;
      await new Promise((resolve) => setTimeout(resolve, Math.min(wait, 100)));
      continue;
    }
    const now = traefik(containers);
    if (JSON.stringify(now) !== JSON.stringify(routers)) throttled = Date.now() + THROTTLE_MS;
    routers = now;
  }
  isReading = false;
}

const NOT_CONNECTED = new Set(['ECONNREFUSED', 'ETIMEDOUT', 'EHOSTUNREACH']);

let turn = 0;
function targets(host) {
  const router = routers.find((each) => each.host === host);
  if (router) return router.servers.slice(turn++ % router.servers.length).slice(0, 1);
  const servers = hosts[host] ?? [];
  const first = turn++ % (servers.length || 1);
  // nginx tries the next one if it cannot connect.
  return [...servers.slice(first), ...servers.slice(0, first)];
}

function forward(request, response, [target, ...others]) {
  if (!target) return response.writeHead(404).end('no router');
  const [host, port] = target.split(':');
  const headers = { ...request.headers, 'x-forwarded-for': request.socket.remoteAddress };
  const onward = http.request({
    host,
    port,
    method: request.method,
    path: request.url,
    headers,
    agent: false,
  });
  // nginx waits longer for a connection; no test does.
  const limit = setTimeout(
    () => onward.destroy(Object.assign(new Error('no connection'), { code: 'ETIMEDOUT' })),
    1000,
  );
  onward.on('socket', (socket) => socket.once('connect', () => clearTimeout(limit)));
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode, answer.headers);
    answer.on('error', () => response.destroy());
    answer.pipe(response);
  });
  onward.on('error', (error) => {
    clearTimeout(limit);
    if (others.length > 0 && NOT_CONNECTED.has(error.code))
      return forward(request, response, others);
    if (response.headersSent) return response.destroy();
    response.writeHead(502).end(`${target} ${error.code}`);
  });
  onward.end();
}

const server = http.createServer((request, response) => {
  if (request.url === '/table') return response.end(JSON.stringify({ routers, hosts }));
  forward(request, response, targets(request.headers.host.replace(/:.*/, '')));
});
// Clients keep their connections for as long as they like.
server.keepAliveTimeout = 0;
server.listen(8080);
http.get(api('/events?filters=%7B%22type%22%3A%5B%22container%22%5D%7D'), (answer) => {
  answer.on('data', read);
});
await read();
