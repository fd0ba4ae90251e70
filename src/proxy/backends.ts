import { rememberAssets } from './assets.ts';
import { countFailures, failuresTable } from './failures-in-a-row.ts';
import { aliveServers, hasCanary, noStable, patientServer } from './last-resort.ts';
import { COUNT_LONG_LIVED } from './long-lived.ts';
import {
  aliveName,
  aloneName,
  BASELINE_SERVER,
  type Breaker,
  CANARY_SERVER,
  canaryReplicas,
  type Entry,
  guardedName,
  type Route,
  replicasName,
  type Shield,
  STABLE_REPLICA,
  socketAddress,
  stableReplicas,
  transportOf,
  UNWATCHED_SERVER,
  wholeCanary,
  withoutStableName,
} from './route.ts';
import { section } from './syntax.ts';
import { checkOptions, serverLines, serverOptions } from './transport.ts';

/** A request that may already have had an effect is never sent twice. */
const ONCE = 'http-request disable-l7-retry if !{ method GET HEAD OPTIONS }';
/** A failed connection takes a server out until its next check. */
const OUT_AT_ONCE = 'observe layer4 error-limit 1 on-error mark-down';
/** Indexes of the counters in the shield's table. */
const COUNTER = { requests: 0, shielded: 1 } as const;
/** The shield's time window, and how many requests it may answer in it whatever their share. */
const SHIELD_WINDOW = '10s';
const SHIELD_FLOOR = 5;
/** This many checks take years, so a canary that the breaker took out does not come back by itself. */
const NEVER = 1_000_000_000;
/**
 * A passed check resets the count of failures: one check a day lets failures add up even if there
 * are few users.
 */
const SELDOM = ['inter', 'fastinter', 'downinter'].map((setting) => `${setting} 1d`).join(' ');

/** The stable with its users. */
export function stableSections(route: Route): string[] {
  const { service, entry } = route;
  const backend = section(`backend ${service}`, [
    ...keepClient(route),
    ONCE,
    ...serverLines(entry?.transport),
    ...stableReplicas(route),
    patientServer(route),
    ...baselineLines(route),
    ...(entry
      ? [
          ...COUNT_LONG_LIVED,
          rememberAssets('stable'),
          // During a promotion there may be no stable: then even a canary that the breaker took out
          // is better than no server.
          `use-server ${CANARY_SERVER} if { var(txn.side) -m str canary } ${noStable(service)} ${hasCanary(service)}`,
          // Weight 0: only the rule above reaches it.
          wholeCanary(route, 'no-check'),
        ]
      : []),
  ]);
  return [backend, section(`backend ${aliveName(service)}`, aliveServers(route))];
}

/**
 * The canary with its users. The canary's server counts the users' requests; the stable's servers
 * count the requests they answered instead.
 */
export function guardedBackend(
  route: Route,
  { port: listen, shield, breaker, transport }: Entry,
): string {
  const { service } = route;
  const backend = section(`backend ${guardedName(service)}`, [
    ...keepClient(route),
    ONCE,
    ...serverLines(transport),
    // Without this, a request without a response would be repeated on the stable.
    ...(shield ? shieldRules(service, shield) : ['retry-on none']),
    ...COUNT_LONG_LIVED,
    rememberAssets('canary', ` !{ srv_name -m beg ${STABLE_REPLICA} }`),
    // Weight 0: a repeated request goes to the stable.
    wholeCanary(route, watch(listen, breaker)),
    ...choice(route, breaker),
    ...stableReplicas(route),
  ]);
  return breaker ? `${failuresTable(service)}\n\n${backend}` : backend;
}

/**
 * The canary's containers. For an entry, the canary's users come here through a socket of the proxy
 * itself, because HAProxy repeats a request on any server that its balancing chooses: beside the
 * canary as a single server, that is the stable. Bytes are passed on unchanged: a request is parsed
 * only once.
 */
export function replicaSections(route: Route): string[] {
  const { service, entry } = route;
  const name = replicasName(service);
  if (!entry) return [section(`backend ${name}`, [canaryReplicas(route, '')])];
  return [
    section(`frontend ${name}`, [
      'mode tcp',
      `bind ${socketAddress(service)}`,
      // The entry already logs it.
      'no log',
      `use_backend ${withoutStableName(service)} if ${noStable(service)}`,
      `default_backend ${name}`,
    ]),
    section(`backend ${name}`, [
      'mode tcp',
      // A replica with a failed connection is out until its next check: users stay with the other
      // replicas, or go back to the stable.
      canaryReplicas(route, OUT_AT_ONCE, checkOptions),
    ]),
    section(`backend ${withoutStableName(service)}`, [
      'mode tcp',
      canaryReplicas(route, 'no-check', () => ''),
    ]),
    ...(entry.preview
      ? [
          section(`backend ${aloneName(service)}`, [
            'retry-on none',
            ...serverLines(entry.transport),
            `use-server ${CANARY_SERVER} if TRUE`,
            wholeCanary(route, 'no-check'),
          ]),
        ]
      : []),
  ];
}

/**
 * The client address that a proxy of the stack or another service has already set is kept as the
 * only one.
 */
function keepClient({ entry }: Route): string[] {
  return entry?.from === 'edge' || entry?.from === 'services' ? ['option forwardfor if-none'] : [];
}

/**
 * The baseline in the stable's backend; if there is none, or it is down, its users go to the stable
 * like all others.
 */
function baselineLines(route: Route): string[] {
  const { baseline, port } = route;
  if (!baseline) return [];
  const place = `${baseline}:${port} weight 0 ${OUT_AT_ONCE}${serverOptions(transportOf(route))}`;
  return [
    `use-server ${BASELINE_SERVER} if { var(txn.baseline) -m found }`,
    // Weight 0: only the rule above reaches it.
    `server ${BASELINE_SERVER} ${place}`,
  ];
}

/** A failed request that is safe to repeat is repeated on the stable, up to a maximum share. */
function shieldRules(service: string, { maxShare, paths }: Shield): string[] {
  const rate = (counter: number) => `sc_gpc_rate(${counter},0)`;
  return [
    'retries 1',
    'retry-on all-retryable-errors 500 502 503 504',
    'http-request disable-l7-retry if { req.hdr_val(content-length) gt 0 } || { req.hdr(transfer-encoding) -m found }',
    // One line per path: a line in HAProxy's configuration has at most 64 words.
    ...paths.map((path) => `http-request set-var(txn.chosen) bool(1) if { path_beg ${path} }`),
    ...(paths.length > 0 ? ['http-request disable-l7-retry if !{ var(txn.chosen) -m found }'] : []),
    // While the stable is being replaced, it cannot help.
    `http-request disable-l7-retry if ${noStable(service)}`,
    `stick-table type integer size 1 expire 1h store gpc(2),gpc_rate(2,${SHIELD_WINDOW})`,
    'http-request track-sc0 int(1)',
    `http-request sc-inc-gpc(${COUNTER.requests},0)`,
    `http-request set-var(txn.shieldable) ${rate(COUNTER.requests)},mul(${Math.round(maxShare * 100)}),div(10000)`,
    `http-request disable-l7-retry if { ${rate(COUNTER.shielded)} ge ${SHIELD_FLOOR} } { ${rate(COUNTER.shielded)},sub(txn.shieldable) -m int ge 0 }`,
    `http-after-response sc-inc-gpc(${COUNTER.shielded},0) if { srv_name -m beg ${STABLE_REPLICA} }`,
  ];
}

/**
 * Only the request whose failure would be the last one uses the server that the breaker takes out;
 * never one on a path that it does not watch.
 */
function choice(route: Route, breaker: Breaker | false): string[] {
  if (!breaker) return [`use-server ${CANARY_SERVER} if TRUE`];
  const { paths, failures } = breaker;
  const watched = paths.length === 0 ? '' : '{ var(txn.watched) -m found }';
  return [
    wholeCanary(route, 'no-check', UNWATCHED_SERVER),
    ...paths.map((path) => `http-request set-var(txn.watched) bool(1) if { path_beg ${path} }`),
    ...countFailures(route.service, failures, watched),
  ];
}

/**
 * The breaker: HAProxy itself takes the canary out, even if canary does not run. Only failed
 * requests trigger it. Whether the containers are up is known from their own checks, so this check
 * asks the proxy's own port.
 */
function watch(listen: number, breaker: Breaker | false): string {
  if (!breaker) return 'no-check';
  return `addr 127.0.0.1 port ${listen} ${SELDOM} rise ${NEVER} fall 1 observe layer7 error-limit 1 on-error mark-down`;
}
