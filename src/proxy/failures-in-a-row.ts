import { CANARY_SERVER, guardedName, STABLE_REPLICA, UNWATCHED_SERVER } from './route.ts';
import { section } from './syntax.ts';

/**
 * Failures of a canary in a row. HAProxy's `observe layer7` also counts responses that HAProxy
 * itself refused to pass on, for instance because their headers are too large, and those are not the
 * canary's failures. So they are counted here, and only the last failure goes through the server
 * that HAProxy observes.
 */
export function failuresTable(service: string): string {
  return section(`backend ${nameOf(service)}`, [
    'stick-table type integer size 1 expire 7d store gpt(1)',
  ]);
}

/** The command that starts the count anew. */
export function forgetFailures(service: string): string {
  return `clear table ${nameOf(service)}`;
}

const nameOf = (service: string) => `${guardedName(service)}-failures`;

/**
 * The lines of the canary's backend that count its failures and choose its server. `watched`: the
 * condition that a request's failure counts; empty for every request.
 */
export function countFailures(service: string, failures: number, watched: string): string[] {
  const set = 'http-after-response sc-set-gpt(0,2)';
  return [
    `http-request track-sc2 int(1) table ${nameOf(service)}${watched && ` if ${watched}`}`,
    // P: the proxy itself refused the response.
    'http-after-response set-var(txn.refused) bool(1) if { txn.sess_term_state -m beg P }',
    'http-after-response set-var(txn.failed) bool(1) if { status ge 500 } !{ status 501 505 }',
    `http-after-response set-var(txn.failed) bool(1) if { srv_name -m beg ${STABLE_REPLICA} }`,
    `${set} sc_get_gpt(0,2),add(1) if { var(txn.failed) -m found } !{ var(txn.refused) -m found }`,
    `${set} 0 if !{ var(txn.failed) -m found } !{ var(txn.refused) -m found }`,
    // Without a count, for a request that is not watched, the condition does not hold.
    `use-server ${CANARY_SERVER} if { sc_tracked(2) } { sc_get_gpt(0,2) ge ${failures - 1} }`,
    `use-server ${UNWATCHED_SERVER} if TRUE`,
  ];
}
