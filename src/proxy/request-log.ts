import { guardedName, STABLE_REPLICA } from './route.ts';

/** The ring in the proxy's memory that keeps the last requests; it needs no reader, and forgets the oldest. */
const RING = 'requests';
const LONGEST = 1200;
/** The command that shows what is in the ring and then every new request; `-n`: only new ones. */
export const FOLLOW_REQUESTS = `show events ${RING} -w -n`;

/** The section of the ring, some ten thousand requests. */
export const REQUEST_RING = [
  `ring ${RING}`,
  '  format raw',
  `  maxlen ${LONGEST}`,
  '  size 4194304',
].join('\n');

/**
 * The lines of an entry that log each request for the judge: who it was as a number, what was asked for without the
 * query, and how it went. Nothing that identifies a person, and nothing on disk.
 */
export const LOG_REQUESTS = [
  // A client that keeps no cookie is told by its address: it is one witness, however many cookies it was given.
  'http-request set-var(txn.witness) src,xxh32,mod(65536) if { var(txn.newid) -m found }',
  'http-request set-var(txn.witness) var(txn.id),xxh32,mod(65536) if !{ var(txn.newid) -m found }',
  `log ring@${RING} len ${LONGEST} local0`,
  'log-format "%Ts.%ms %b %s %ST %ts %Ta %B %[var(txn.witness)] %[var(txn.rule)] %HM %{+Q}HPO"',
];

/** One request at an entry. */
export interface LoggedRequest {
  /** When it came, in milliseconds. */
  at: number;
  service: string;
  side: 'stable' | 'canary';
  /** The user as a number from 0 to 65535. */
  user: number;
  /** A rule or the forcing header chose the side, not the weight. */
  byRule: boolean;
  method: string;
  path: string;
  status: number;
  /** A 5xx, or a connection that broke on the service's side; also where the stable answered instead. */
  failed: boolean;
  shielded: boolean;
  /** Milliseconds and bytes of the answer; absent where the stable answered instead. */
  duration: number | undefined;
  bytes: number | undefined;
}

const LINE =
  /^(?<at>\d+\.\d{3}) (?<backend>\S+) (?<server>\S+) (?<status>-?\d+) (?<state>\S\S) (?<duration>-?\d+) (?<bytes>\d+) (?<user>\d+) (?<rule>\S+) (?<method>\S+) "(?<path>.*)"$/;

/** Reads a line of the log; `undefined` for what is none, or a request that ended before it had a side. */
export function parseRequest(line: string): LoggedRequest | undefined {
  const found = LINE.exec(line.trim())?.groups as Record<string, string> | undefined;
  if (!found?.backend || found.backend.endsWith(':entry')) return undefined;
  const { backend, server = '', state = '--', method = '', path = '' } = found;
  const service = backend.replace(/:canary$/, '');
  const side = backend === guardedName(service) ? 'canary' : 'stable';
  const shielded = side === 'canary' && server.startsWith(STABLE_REPLICA);
  const status = Number(found.status);
  // The first letter says who ended the request: S and s are the service's side, C and c the user's.
  const broke = /^[Ss]/.test(state);
  return {
    ...{ at: Math.round(Number(found.at) * 1000), service, side, method, path, status, shielded },
    user: Number(found.user),
    byRule: found.rule !== '-',
    failed: shielded || status >= 500 || broke,
    duration: shielded ? undefined : Math.max(0, Number(found.duration)),
    bytes: shielded ? undefined : Number(found.bytes),
  };
}
