import type { Identity } from '../config/identity.ts';
import type { MatchRule } from '../config/match.ts';
import { CLIENT, identityRules } from './identity.ts';
import { matchLines } from './match.ts';
import { CANARY_SERVER, guardedName, replicasName } from './route.ts';
import { BUCKETS } from './weight.ts';
import { NOBODY, WEIGHT_MAP } from './weight-map.ts';

export interface SideSettings {
  identity: readonly Identity[];
  match: readonly MatchRule[];
  forceHeader: string;
}

/**
 * Which side a request belongs to, in `txn.side`; `told` are the lines that read what it says itself, `client` where
 * its client's address is found.
 */
export function sideRules(
  { identity, match }: SideSettings,
  told: readonly string[],
  client = CLIENT,
): string[] {
  return [
    `http-request set-var(txn.weight) str(weight),map_str_int(${WEIGHT_MAP},${NOBODY})`,
    ...identityRules(identity, client),
    `http-request set-var(txn.bucket) var(txn.id),xxh32,mod(${BUCKETS})`,
    'http-request set-var(txn.side) str(stable)',
    'http-request set-var(txn.side) str(canary) if { var(txn.bucket),sub(txn.weight) -m int lt 0 }',
    // Above the weight stand the rules, and above those what the request says.
    ...matchLines(match),
    ...told,
    'http-request set-var(txn.side) var(txn.rule) if { var(txn.rule) -m found }',
    // Above everything stands whether anybody, or everybody, is to be on the canary.
    'http-request set-var(txn.side) str(stable) if { var(txn.weight) -m int lt 0 }',
    `http-request set-var(txn.side) str(canary) if { var(txn.weight) -m int gt ${BUCKETS} }`,
  ];
}

/** The forcing header chooses. */
export function forceRules(header: string): string[] {
  return ['canary', 'stable'].map(
    (side) =>
      `http-request set-var(txn.rule) str(${side}) if { req.hdr(${header}) -m str ${side} }`,
  );
}

/** At full weight the canary of a service also stands in for a stable that is being replaced. */
export function standInRule(service: string, condition = ''): string {
  return `http-request set-var(txn.side) str(canary) if ${condition}{ var(txn.weight) -m int ge ${BUCKETS} } { nbsrv(${service}) eq 0 }`;
}

/** Condition that the canary of a service takes users: it is there, and the breaker has not taken it out. */
export function canaryIsUp(service: string): string {
  return `{ nbsrv(${replicasName(service)}) gt 0 } { srv_is_up(${guardedName(service)}/${CANARY_SERVER}) }`;
}
