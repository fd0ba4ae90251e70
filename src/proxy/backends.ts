import { type Breaker, guardedName, type Route, SERVER, type Shield, section } from './route.ts';

/** A request that may have been acted on is never sent twice. */
const ONCE = 'http-request disable-l7-retry if !{ method GET HEAD OPTIONS }';
/** Names of the counters in the shield's table. */
const COUNTER = { requests: 0, shielded: 1 } as const;
/** How long the shield looks back, and how many requests it answers in that time whatever their share. */
const SHIELD_WINDOW = '10s';
const SHIELD_FLOOR = 5;
/** Fifteen years of checks: a canary that the breaker took out does not come back by itself. */
const NEVER = 1_000_000_000;

/** The stable with its users, and whether a canary is there at all. */
export function stableBackend({ service, clone, port, entry }: Route): string {
  return section(`backend ${service}`, [
    ONCE,
    // In a promotion there may be no stable: then a canary that the breaker took out is better than nobody.
    ...(entry
      ? [
          `use-server ${SERVER.canary} if { var(txn.side) -m str canary } !{ srv_is_up(${service}/${SERVER.stable}) }`,
        ]
      : []),
    `server ${SERVER.stable} ${service}:${port} weight 1`,
    // Weight 0: nothing but the rule above reaches it; it is here to be checked.
    // Not asked for at the start: for a clone that is not there that can take DNS ten seconds.
    `server ${SERVER.canary} ${clone}:${port} weight 0 init-addr last,none`,
  ]);
}

/** The canary with its users. Its server counts what they asked for; the stable's, what was answered in its place. */
export function guardedBackend(
  { service, clone, port }: Route,
  { port: listen, shield, breaker }: NonNullable<Route['entry']>,
): string {
  return section(`backend ${guardedName(service)}`, [
    ONCE,
    ...(shield ? shieldRules(service, shield) : []),
    `use-server ${SERVER.canary} if TRUE`,
    // Weight 0: a request that is repeated goes to the stable.
    `server ${SERVER.canary} ${clone}:${port} weight 0 init-addr last,none ${watch(service, listen, breaker)}`,
    `server ${SERVER.stable} ${service}:${port} weight 1 no-check track ${service}/${SERVER.stable}`,
  ]);
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
    `http-request disable-l7-retry if !{ srv_is_up(${service}/${SERVER.stable}) }`,
    `stick-table type integer size 1 expire 1h store gpc(2),gpc_rate(2,${SHIELD_WINDOW})`,
    'http-request track-sc0 int(1)',
    `http-request sc-inc-gpc(${COUNTER.requests},0)`,
    `http-request set-var(txn.shieldable) ${rate(COUNTER.requests)},mul(${Math.round(maxShare * 100)}),div(10000)`,
    `http-request disable-l7-retry if { ${rate(COUNTER.shielded)} ge ${SHIELD_FLOOR} } { ${rate(COUNTER.shielded)},sub(txn.shieldable) -m int ge 0 }`,
    `http-after-response sc-inc-gpc(${COUNTER.shielded},0) if { srv_name ${SERVER.stable} }`,
  ];
}

/**
 * The breaker: HAProxy itself takes the canary out, with nobody else alive. Only failed requests can; whether its
 * container is there is known from the stable's backend, so the check here asks the proxy's own port, and an
 * address that DNS forgets while a container restarts does not arm the breaker again.
 */
function watch(service: string, listen: number, breaker: Breaker | false): string {
  if (!breaker) return `no-check track ${service}/${SERVER.canary}`;
  return `resolvers latched addr 127.0.0.1 port ${listen} rise ${NEVER} fall 1 observe layer7 error-limit ${breaker.failures} on-error mark-down`;
}
