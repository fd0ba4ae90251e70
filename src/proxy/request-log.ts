import { BASELINE_SERVER, guardedName, STABLE_REPLICA } from './route.ts';
import { section } from './syntax.ts';

/**
 * The ring in the proxy's memory that keeps the latest requests; it needs no reader, and forgets
 * the oldest.
 */
const RING = 'requests';
const LONGEST = 1200;
/**
 * The command that reports every request of a worker, even if none comes for a day: with `all`,
 * first those that it remembers.
 */
export function followRequests(what: 'all' | 'new'): string {
  const since = what === 'new' ? ' -n' : '';
  return `set timeout cli 86400; show events ${RING} -w${since}`;
}

/** The command that reports the requests that a worker remembers, and ends. */
export const SHOW_REQUESTS = `show events ${RING}`;

/** The section of the ring: about ten thousand requests. */
export function requestRing(): string {
  return section(`ring ${RING}`, ['format raw', `maxlen ${LONGEST}`, 'size 4194304']);
}

/**
 * The lines that log each request for the judge and on the proxy's own output: in HAProxy's format
 * for requests, with the user as a number and what chose the side, before the request itself.
 */
export function logRequests(): string[] {
  const witness = 'xxh32,mod(65536)';
  return [
    `http-request set-var(txn.witness) var(txn.id),${witness}`,
    // A client that was given a new identity is one witness by its address, however often it comes.
    `http-request set-var(txn.witness) var(txn.address),${witness} if { var(txn.idfrom) -m str none } { var(txn.address) -m found }`,
    `log ring@${RING} len ${LONGEST} local0`,
  ];
}

/**
 * The format of every line about a request: HAProxy's own; the braces before the request are
 * canary's, placed where no long path cuts them off. Without the query, which may contain secrets.
 */
export function logFormat(): string {
  return `log-format "${FORMAT}"`;
}

const FORMAT =
  '%ci:%cp [%tr] %ft %b/%s %TR/%Tw/%Tc/%Tr/%Ta %ST %B %CC %CS %tsc %ac/%fc/%bc/%sc/%rc %sq/%bq %hr %hs {%Ts.%ms %[var(txn.witness)] %[var(txn.rule)] %[var(txn.idfrom)]} \\"%HM %HPO %HV\\"';

/** One request at an entry. */
export interface LoggedRequest {
  /** When it arrived, in milliseconds. */
  at: number;
  service: string;
  side: 'stable' | 'canary';
  /** Whether the fresh clone of the stable answered. */
  onBaseline: boolean;
  /** The user as a number from 0 to 65535. */
  user: number;
  /** Where the user was found: as configured, canary's cookie, address and program, or nowhere. */
  identity: 'named' | 'cookie' | 'address' | 'none';
  /** Whether a rule or the forcing header chose the side, not the weight. */
  byRule: boolean;
  method: string;
  path: string;
  status: number;
  /**
   * A 5xx, or a connection that broke on the service's side; also if the stable answered instead.
   */
  failed: boolean;
  shielded: boolean;
  /** Whether the proxy refused to pass the response on, for instance for its large headers. */
  byProxy: boolean;
  /** Milliseconds and bytes of the response; absent if the stable answered instead. */
  duration: number | undefined;
  bytes: number | undefined;
}

const LINE =
  /^\S+ \[[^\]]*\] \S+ (?<backend>\S+)\/(?<server>\S+) -?\d+\/-?\d+\/-?\d+\/-?\d+\/\+?(?<duration>-?\d+) (?<status>-?\d+) \+?(?<bytes>\d+) \S+ \S+ (?<state>\S\S)\S* \S+ \S+ .*\{(?<at>\d+\.\d{3}) (?<user>\d+) (?<rule>\S+)(?: (?<identity>\S+))?\} "(?<method>\S+) (?<path>\S*)/;

/**
 * The log has a frontend instead of a backend if a request ended before it got one. Assets that
 * another side may answer say nothing about a side.
 */
const NO_SIDE = /:(entry|replicas|canary-assets|stable-assets)$|^hops:/;

/**
 * Reads a line of the log; `undefined` if it is not a request, or one that ended before it had a
 * side.
 */
export function parseRequest(line: string): LoggedRequest | undefined {
  const found = LINE.exec(line.trim())?.groups as Record<string, string> | undefined;
  if (!found?.backend || NO_SIDE.test(found.backend)) return undefined;
  const { backend, server = '', state = '--', method = '', path = '' } = found;
  const service = backend.replace(/:canary$/, '');
  const side = backend === guardedName(service) ? 'canary' : 'stable';
  const shielded = side === 'canary' && server.startsWith(STABLE_REPLICA);
  const status = Number(found.status);
  // The first letter shows who ended the request: S and s are the service's side, C and c the
  // user's.
  const broke = /^[Ss]/.test(state);
  // P: the proxy refused the request or the response.
  const byProxy = state.startsWith('P');
  // A request that it refused, for instance in the middle of its body, says nothing about a side.
  if (byProxy && status < 500) return undefined;
  return {
    at: Math.round(Number(found.at) * 1000),
    service,
    side,
    method,
    path,
    status,
    shielded,
    byProxy,
    onBaseline: side === 'stable' && server === BASELINE_SERVER,
    user: Number(found.user),
    // A proxy that was not reloaded since an older canary does not tell.
    identity: (found.identity ?? 'named') as LoggedRequest['identity'],
    byRule: found.rule !== '-',
    failed: shielded || status >= 500 || broke,
    duration: shielded ? undefined : Math.max(0, Number(found.duration)),
    bytes: shielded ? undefined : Number(found.bytes),
  };
}
