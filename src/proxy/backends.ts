import { COUNT_LONG_LIVED } from './long-lived.ts';
import {
  type Breaker,
  CANARY_SERVER,
  canaryReplicas,
  guardedName,
  type Route,
  replicasName,
  type Shield,
  STABLE_REPLICA,
  section,
  stableReplicas,
  wholeCanary,
} from './route.ts';

/** A request that may have been acted on is never sent twice. */
const ONCE = 'http-request disable-l7-retry if !{ method GET HEAD OPTIONS }';
/** Names of the counters in the shield's table. */
const COUNTER = { requests: 0, shielded: 1 } as const;
/** How long the shield looks back, and how many requests it answers in that time whatever their share. */
const SHIELD_WINDOW = '10s';
const SHIELD_FLOOR = 5;
/** Fifteen years of checks: a canary that the breaker took out does not come back by itself. */
const NEVER = 1_000_000_000;

/** The stable with its users. */
export function stableBackend(route: Route): string {
  const { service, entry } = route;
  return section(`backend ${service}`, [
    ONCE,
    ...stableReplicas(route),
    ...(entry
      ? [
          ...COUNT_LONG_LIVED,
          // In a promotion there may be no stable: then a canary that the breaker took out is better than nobody.
          `use-server ${CANARY_SERVER} if { var(txn.side) -m str canary } { nbsrv(${service}) eq 0 } { nbsrv(${replicasName(service)}) gt 0 }`,
          // Weight 0: nothing but the rule above reaches it.
          wholeCanary(service, 'no-check'),
        ]
      : []),
  ]);
}

/** The canary with its users. Its server counts what they asked for; the stable's, what was answered in its place. */
export function guardedBackend(
  route: Route,
  { port: listen, shield, breaker }: NonNullable<Route['entry']>,
): string {
  const { service } = route;
  return section(`backend ${guardedName(service)}`, [
    ONCE,
    ...(shield ? shieldRules(service, shield) : []),
    ...COUNT_LONG_LIVED,
    `use-server ${CANARY_SERVER} if TRUE`,
    // Weight 0: a request that is repeated goes to the stable.
    wholeCanary(service, watch(listen, breaker)),
    ...stableReplicas(route),
  ]);
}

/**
 * The canary's containers. Behind an entry its users come here through a socket of the proxy itself, for HAProxy
 * repeats a request on whatever its balancing chooses: beside the canary as one server that is the stable.
 */
export function replicaSections(route: Route): string[] {
  const { service, entry } = route;
  const name = replicasName(service);
  if (!entry) return [section(`backend ${name}`, [canaryReplicas(route, '')])];
  // Already there when it comes from the users' backend; the preview adds it.
  const client = 'option forwardfor if-none';
  return [
    section(`frontend ${name}`, [
      `bind abns@${name}`,
      // The entry logs it.
      'http-request set-log-level silent',
      // One connection a request: none is closed for idling just when the next request comes.
      'option httpclose',
      client,
      `default_backend ${name}`,
    ]),
    section(`backend ${name}`, [
      client,
      // What breaks off is the shield's to repeat; a replica that takes no connection has done nothing yet.
      ONCE,
      ...(entry.shield ? ['retry-on conn-failure'] : []),
      // Such a replica is out until its next check: users stay with the others, or go back to the stable.
      canaryReplicas(route, 'observe layer4 error-limit 1 on-error mark-down'),
    ]),
  ];
}

/** A failed request that is safe to repeat is repeated on the stable, as long as not too many are. */
function shieldRules(service: string, { maxShare, paths }: Shield): string[] {
  const rate = (counter: number) => `sc_gpc_rate(${counter},0)`;
  return [
    'retries 1',
    'retry-on all-retryable-errors 500 502 503 504',
    'http-request disable-l7-retry if { req.hdr_val(content-length) gt 0 } || { req.hdr(transfer-encoding) -m found }',
    // A line a path: HAProxy's lines end after 64 words.
    ...paths.map((path) => `http-request set-var(txn.chosen) bool(1) if { path_beg ${path} }`),
    ...(paths.length > 0 ? ['http-request disable-l7-retry if !{ var(txn.chosen) -m found }'] : []),
    // While the stable is replaced it cannot help.
    `http-request disable-l7-retry if { nbsrv(${service}) eq 0 }`,
    `stick-table type integer size 1 expire 1h store gpc(2),gpc_rate(2,${SHIELD_WINDOW})`,
    'http-request track-sc0 int(1)',
    `http-request sc-inc-gpc(${COUNTER.requests},0)`,
    `http-request set-var(txn.shieldable) ${rate(COUNTER.requests)},mul(${Math.round(maxShare * 100)}),div(10000)`,
    `http-request disable-l7-retry if { ${rate(COUNTER.shielded)} ge ${SHIELD_FLOOR} } { ${rate(COUNTER.shielded)},sub(txn.shieldable) -m int ge 0 }`,
    `http-after-response sc-inc-gpc(${COUNTER.shielded},0) if { srv_name -m beg ${STABLE_REPLICA} }`,
  ];
}

/**
 * The breaker: HAProxy itself takes the canary out, with nobody else alive. Only failed requests can; whether its
 * containers are there is known from their own checks, so the check here asks the proxy's own port.
 */
function watch(listen: number, breaker: Breaker | false): string {
  if (!breaker) return 'no-check';
  return `addr 127.0.0.1 port ${listen} rise ${NEVER} fall 1 observe layer7 error-limit ${breaker.failures} on-error mark-down`;
}
