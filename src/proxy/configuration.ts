import type { Identity } from '../config/schema.ts';
import { BUCKETS } from './weight.ts';
import { RUN_DIRECTORY, WEIGHT_MAP } from './weight-map.ts';

/** One service as the proxy sees it: the stable and its clone, side by side in one backend. */
export interface Route {
  service: string;
  clone: string;
  port: number;
  /** Ports of the proxy itself; absent for inner services, which are only checked. */
  entry?: { port: number; preview: number | undefined };
}

export interface ProxySettings {
  routes: readonly Route[];
  identity: readonly Identity[];
  forceHeader: string;
  /** Owner of the admin socket: the user who runs canary. */
  owner: { uid: number; gid: number };
}

/** Names of the two servers of every backend. */
export const SERVER = { stable: 'stable', canary: 'canary' } as const;

/** The cookie that keeps an anonymous user on one side. */
const IDENTITY_COOKIE = 'canary-id';

/**
 * The complete HAProxy configuration. It does not depend on whether a canary runs: its server waits without
 * an address until Docker's DNS knows the clone, so deploying never reloads the proxy.
 */
export function renderConfiguration(settings: ProxySettings): string {
  const sections = [
    globalSection(settings),
    defaultsSection(),
    resolversSection(),
    ...settings.routes.flatMap((route) => [
      ...entrySections(route, settings),
      backendSection(route),
    ]),
  ];
  return `${sections.join('\n\n')}\n`;
}

function globalSection({ owner }: ProxySettings): string {
  return section('global', [
    'log stdout format raw local0 info',
    `stats socket ${RUN_DIRECTORY}/admin.sock mode 600 uid ${owner.uid} gid ${owner.gid} level admin`,
    // There only while a configuration is being loaded: what the worker before knew of its servers.
    `server-state-file ${RUN_DIRECTORY}/servers.state`,
    // A worker of before stays as long as its longest WebSocket may.
    'hard-stop-after 24h',
    'user haproxy',
    'group haproxy',
  ]);
}

function defaultsSection(): string {
  return section('defaults', [
    'mode http',
    'log global',
    'option httplog',
    'option dontlognull',
    'option forwardfor',
    // A worker that is replaced answers once more on an idle connection and says that it closes.
    'option idle-close-on-response',
    'load-server-state-from-file global',
    'timeout connect 2s',
    'timeout http-request 30s',
    // An idle connection keeps a worker that is replaced or stopped from ending.
    'timeout http-keep-alive 5s',
    // Long: the stable had no such limits before the proxy came.
    'timeout client 10m',
    'timeout server 10m',
    'timeout tunnel 24h',
    // A container that stops between two checks costs a retry on the other server, not a request.
    'retries 3',
    'option redispatch 1',
    'retry-on conn-failure empty-response',
    'default-server check inter 500ms rise 1 fall 2 resolvers docker init-addr last,libc,none',
  ]);
}

function resolversSection(): string {
  return section('resolvers docker', [
    'nameserver embedded 127.0.0.11:53',
    'resolve_retries 2',
    'timeout resolve 300ms',
    'timeout retry 300ms',
    ...['valid', 'nx', 'obsolete'].map((state) => `hold ${state} 500ms`),
    // A DNS that is silent for a while says nothing about the containers: what is known stays.
    ...['other', 'refused', 'timeout'].map((state) => `hold ${state} 1h`),
  ]);
}

function entrySections(route: Route, settings: ProxySettings): string[] {
  if (!route.entry) return [];
  const { port, preview } = route.entry;
  const entry = section(`frontend ${entryName(route.service)}`, [
    `bind :${port}`,
    `http-request set-var(txn.weight) str(weight),map_str_int(opt@${WEIGHT_MAP},0)`,
    ...identityRules(settings.identity),
    `http-request set-var(txn.bucket) var(txn.id),xxh32,mod(${BUCKETS})`,
    'http-request set-var(txn.side) str(stable)',
    'http-request set-var(txn.side) str(canary) if { var(txn.bucket),sub(txn.weight) -m int lt 0 }',
    `http-request set-var(txn.side) str(canary) if { req.hdr(${settings.forceHeader}) -m str canary }`,
    `http-request set-var(txn.side) str(stable) if { req.hdr(${settings.forceHeader}) -m str stable }`,
    // At full weight the canary also stands in for a stable that is being replaced.
    `http-request set-var(txn.side) str(canary) if { var(txn.weight) -m int ge ${BUCKETS} } !{ srv_is_up(${route.service}/${SERVER.stable}) }`,
    // Only while a canary has users: at weight 0 answers stay as the service made them.
    `http-response add-header Set-Cookie "${IDENTITY_COOKIE}=%[var(txn.newid)]; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax" if { var(txn.newid) -m found } { var(txn.weight) -m int gt 0 }`,
    `default_backend ${route.service}`,
  ]);
  if (!preview) return [entry];
  return [
    entry,
    section(`frontend ${previewName(route.service)}`, [
      `bind :${preview}`,
      `http-request return status 503 content-type text/plain string "No canary is running.\\n" if !{ srv_is_up(${route.service}/${SERVER.canary}) }`,
      `default_backend ${previewName(route.service)}`,
    ]),
    // Apart from the entry's backend, so that previews do not count as users' requests.
    section(`backend ${previewName(route.service)}`, [
      `server ${SERVER.canary} ${route.clone}:${route.port} no-check init-addr last,none track ${route.service}/${SERVER.canary}`,
    ]),
  ];
}

/** Who the user is: the configured places in order, else a cookie of our own. */
function identityRules(identity: readonly Identity[]): string[] {
  const places = [...identity, { from: 'cookie' as const, name: IDENTITY_COOKIE }];
  return [
    ...places.map(({ from, name }) => {
      const fetch = from === 'header' ? `req.hdr(${name})` : `req.cook(${name})`;
      return `http-request set-var(txn.id) ${fetch} if !{ var(txn.id) -m found } { ${fetch} -m found }`;
    }),
    'http-request set-var(txn.newid) uuid() if !{ var(txn.id) -m found }',
    'http-request set-var(txn.id) var(txn.newid) if !{ var(txn.id) -m found }',
  ];
}

function backendSection({ service, clone, port }: Route): string {
  return section(`backend ${service}`, [
    // A request that may have been acted on is never sent twice.
    'http-request disable-l7-retry if !{ method GET HEAD OPTIONS }',
    `use-server ${SERVER.canary} if { var(txn.side) -m str canary }`,
    `server ${SERVER.stable} ${service}:${port} weight 1`,
    // Weight 0: nothing but the rule above reaches the canary.
    // Not asked for at the start: for a clone that is not there that can take DNS ten seconds.
    `server ${SERVER.canary} ${clone}:${port} weight 0 init-addr last,none`,
  ]);
}

const entryName = (service: string) => `${service}:entry`;
const previewName = (service: string) => `${service}:preview`;

function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}
