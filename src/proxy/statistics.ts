import { byName } from '../config/values/by-name.ts';
import { forgetFailures } from './failures-in-a-row.ts';
import {
  BASELINE_SERVER,
  CANARY_SERVER,
  canaryAssetsName,
  guardedName,
  PATIENT_SERVER,
  replicasName,
  STABLE_REPLICA,
  stableAssetsName,
  UNWATCHED_SERVER,
  withoutStableName,
} from './route.ts';

/** What HAProxy counted for one server, and its state. */
export interface ServerStatistics {
  /** HAProxy's status: `UP`, `DOWN`, `MAINT (resolution)` and others. */
  status: string;
  /** Whether it passed its last check. */
  checked: boolean;
  /** Its address according to Docker's DNS, without the port; empty if there is no container. */
  address: string;
  /** Requests sent to it since HAProxy started. */
  requests: number;
  /** Responses with a 5xx status, broken responses and failed connections. */
  failures: number;
  /** Requests in progress. */
  open: number;
  /** Mean time until a response began, in milliseconds, over the latest 1,024 requests. */
  responseTime: number;
}

/** The users of an entry's canary, which HAProxy sees as one server. */
interface CanaryUsers {
  whole: ServerStatistics;
  /** The canary in place of a stable that is being replaced. */
  standIn: ServerStatistics;
  /** The stable's servers, for requests they answered instead of the canary. */
  instead: readonly ServerStatistics[];
  /** How many failures these users saw. */
  met: number;
}

export interface SideStatistics {
  /** The servers for containers, including empty ones: they have counted for earlier containers. */
  stable: readonly ServerStatistics[];
  canary: readonly ServerStatistics[];
  /** The stable's server when all others are out: nothing checks it. */
  patient: readonly ServerStatistics[];
  /** The fresh clone of the stable, if the proxy has one: its users belong to the stable. */
  baseline: readonly ServerStatistics[];
  users: CanaryUsers | undefined;
  /** Servers for assets that only one side has; of no side's counts. */
  assets: AssetStatistics;
}

interface AssetStatistics {
  stable: readonly ServerStatistics[];
  canary: readonly ServerStatistics[];
  /** Requests that went on to the other side, because the user's own had no such asset. */
  ofOther: number;
}

/** Whether HAProxy has a container of the stable to send users to. */
export function reachesStable({ stable }: SideStatistics): boolean {
  return stable.some(({ status }) => status.startsWith('UP') || status === 'no check');
}

/** Every service by name, from the CSV output of `show stat` (HAProxy management guide, 9.1). */
export function parseStatistics(csv: string): Record<string, SideStatistics> {
  const backends = parseBackends(csv);
  return byName(
    Object.entries(backends).flatMap(([name, { servers }]) => {
      const replicas = backends[replicasName(name)];
      if (!replicas) return [];
      const sides = {
        stable: stableOf(servers),
        canary: Object.values(replicas.servers),
        patient: named(servers, PATIENT_SERVER),
        baseline: named(servers, BASELINE_SERVER),
        assets: assetsOf(backends[canaryAssetsName(name)], backends[stableAssetsName(name)]),
        users: usersOf(
          backends[guardedName(name)],
          servers[CANARY_SERVER],
          backends[withoutStableName(name)],
        ),
      };
      return [[name, sides] as const];
    }),
  );
}

/** `ofCanary` and `ofStable`: the backends for users of either side. */
function assetsOf(ofCanary: Backend | undefined, ofStable: Backend | undefined): AssetStatistics {
  const stable = (backend: Backend | undefined) => (backend ? stableOf(backend.servers) : []);
  const canary = (backend: Backend | undefined) => backend?.servers[CANARY_SERVER] ?? [];
  return {
    stable: [...stable(ofCanary), ...stable(ofStable)],
    canary: [ofCanary, ofStable].flatMap(canary),
    ofOther: total([...stable(ofCanary), ...[ofStable].flatMap(canary)], 'requests'),
  };
}

interface Backend {
  servers: Record<string, ServerStatistics>;
  met: number;
  /** Passes bytes on: its requests are connections. */
  isStream: boolean;
  requests: number;
  open: number;
}

function usersOf(
  guarded: Backend | undefined,
  standIn: ServerStatistics | undefined,
  withoutStable: Backend | undefined,
): CanaryUsers | undefined {
  if (guarded?.isStream) return usersOfStream(guarded, withoutStable);
  const whole = guarded?.servers[CANARY_SERVER];
  if (!guarded || !whole || !standIn) return undefined;
  const unwatched = guarded.servers[UNWATCHED_SERVER];
  return {
    whole: unwatched ? plus(whole, unwatched) : whole,
    standIn,
    instead: stableOf(guarded.servers),
    met: guarded.met,
  };
}

/** The sum of two servers that are shown as one, with the status of the first. */
function plus(server: ServerStatistics, other: ServerStatistics): ServerStatistics {
  const requests = server.requests + other.requests;
  const times = server.requests * server.responseTime + other.requests * other.responseTime;
  return {
    ...server,
    requests,
    responseTime: requests === 0 ? 0 : Math.round(times / requests),
    failures: server.failures + other.failures,
    open: server.open + other.open,
  };
}

/**
 * For bytes, users reach the canary's containers directly, so no server of their backend is the
 * canary as a whole.
 */
function usersOfStream(
  { servers, met, requests, open }: Backend,
  withoutStable: Backend | undefined,
): CanaryUsers {
  const instead = stableOf(servers);
  const none = { status: 'no check', checked: false, address: '', failures: 0, responseTime: 0 };
  return {
    whole: { ...none, requests, open: open - total(instead, 'open') },
    standIn: {
      ...none,
      requests: withoutStable?.requests ?? 0,
      open: withoutStable?.open ?? 0,
    },
    instead,
    met,
  };
}

function stableOf(servers: Backend['servers']): ServerStatistics[] {
  return Object.entries(servers).flatMap(([name, server]) =>
    name.startsWith(STABLE_REPLICA) ? [server] : [],
  );
}

function named(servers: Backend['servers'], name: string): ServerStatistics[] {
  const server = servers[name];
  return server ? [server] : [];
}

/**
 * Clients' connections on which another request may come, from the CSV output of `show stat`: those
 * whose bytes are passed on are not among them.
 */
export function openConnections(csv: string): number {
  return rowsOf(csv)
    .filter(({ cell }) => cell('svname') === 'FRONTEND' && cell('mode') === 'http')
    .reduce((sum, { count }) => sum + count('scur'), 0);
}

interface Row {
  cell: (name: string) => string;
  count: (name: string) => number;
}

function rowsOf(csv: string): Row[] {
  const [head = '', ...rows] = csv.trim().split('\n');
  const columns = head.replace(/^# /, '').split(',');
  return rows.map((row) => {
    const cells = cellsOf(row);
    const cell = (name: string) => cells[columns.indexOf(name)] ?? '';
    return { cell, count: (name) => Number(cell(name)) || 0 };
  });
}

function parseBackends(csv: string): Record<string, Backend> {
  const backends = byName<Backend>();
  for (const { cell, count } of rowsOf(csv)) {
    const name = cell('svname');
    if (name === 'FRONTEND') continue;
    backends[cell('pxname')] ??= { servers: {}, met: 0, isStream: false, requests: 0, open: 0 };
    const backend = backends[cell('pxname')] as Backend;
    if (name !== 'BACKEND') {
      backend.servers[name] = serverOf({ cell, count });
      continue;
    }
    backend.isStream = cell('mode') === 'tcp';
    backend.met = backend.isStream ? broken(count) : met(count);
    backend.requests = count('stot');
    backend.open = count('scur');
  }
  return backends;
}

function serverOf({ cell, count }: Row): ServerStatistics {
  return {
    status: cell('status'),
    checked: /^L[467]OK/.test(cell('check_status')),
    address: cell('addr')
      .replace(/:\d+$/, '')
      .replace(/^\[(.*)\]$/, '$1'),
    requests: count('stot'),
    failures: count('hrsp_5xx') + broken(count),
    open: count('scur'),
    responseTime: count('rtime'),
  };
}

/** Failed connections, and those that broke off. */
function broken(count: (name: string) => number): number {
  return count('eresp') + count('econ');
}

/**
 * Failures that users of a backend saw: responses with a 5xx status, from either side, and
 * connections closed without a response. A server's own counters show less: `eresp` also counts
 * failures that were then shielded.
 */
function met(count: (name: string) => number): number {
  const answers = ['1xx', '2xx', '3xx', '4xx', '5xx', 'other'].map((kind) => count(`hrsp_${kind}`));
  const answered = answers.reduce((sum, each) => sum + each, 0);
  // An open request may already be answered, and a user may leave early: count rather one too few.
  const silent = count('stot') - answered - count('scur') - count('cli_abrt');
  return count('hrsp_5xx') + Math.max(0, silent);
}

/** HAProxy quotes a cell that contains a comma, such as the message of a failed check. */
function cellsOf(row: string): string[] {
  return [...row.matchAll(/("(?:[^"]|"")*"|[^,]*)(?:,|$)/g)].map(([, cell = '']) => cell);
}

export const showStatistics = 'show stat';

/** The sum of one number over several servers. */
export function total(
  servers: readonly ServerStatistics[],
  what: 'requests' | 'failures' | 'open',
): number {
  return servers.reduce((sum, each) => sum + each[what], 0);
}

/** Every server of a stable's own containers, for its counts. */
export function serversOfStable({ stable, patient }: SideStatistics): ServerStatistics[] {
  return [...stable, ...patient];
}

/**
 * Users' requests that a side is processing; the baseline counts for the canary, because it is
 * removed with it.
 */
export function openRequests(sides: SideStatistics, side: 'stable' | 'canary'): number {
  const { baseline, users, assets } = sides;
  if (side === 'stable')
    return total([...serversOfStable(sides), ...(users?.instead ?? []), ...assets.stable], 'open');
  return users ? total([users.whole, users.standIn, ...baseline, ...assets.canary], 'open') : 0;
}

/** The commands that give users back to a canary which the breaker took out. */
export function armBreaker(service: string): string[] {
  const up = `set server ${guardedName(service)}/${CANARY_SERVER} health up`;
  return [forgetFailures(service), up];
}

/** Whether the breaker took the canary out: nothing else marks it as down as a whole. */
export function isTripped({ users }: SideStatistics): boolean {
  return users?.whole.status.startsWith('DOWN') ?? false;
}

/** The services whose canary the breaker took out. */
export function trippedServices(statistics: Readonly<Record<string, SideStatistics>>): string[] {
  return Object.entries(statistics).flatMap(([service, sides]) =>
    isTripped(sides) ? [service] : [],
  );
}
