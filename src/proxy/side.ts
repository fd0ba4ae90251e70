import type { Identity } from '../config/identity.ts';
import type { MatchRule } from '../config/match.ts';
import { CLIENT, identityRules } from './identity.ts';
import { matchLines } from './match.ts';
import { CANARY_SERVER, guardedName, replicasName } from './route.ts';
import { BUCKETS } from './weight.ts';
import { weightLines } from './weight-map.ts';

export interface SideSettings {
  identity: readonly Identity[];
  match: readonly MatchRule[];
  forceHeader: string;
  /** Some of what users GET is kept in memory, so that it can be asked of both sides. */
  keepsSamples?: boolean;
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
    ...weightRules(REQUESTS, identityRules(identity, client)),
    // Above the weight stand the rules, and above those what the request says.
    ...matchLines(match),
    ...told,
    'http-request set-var(txn.side) var(txn.rule) if { var(txn.rule) -m found }',
    ...everybodyRules(REQUESTS),
  ];
}

/** What HAProxy calls rules of requests, and of connections whose bytes are handed on. */
const REQUESTS = 'http-request';
export const CONNECTIONS = 'tcp-request content';
type Ruleset = typeof REQUESTS | typeof CONNECTIONS;

/** The side by weight; `identity` are the lines that find out who it is. */
export function weightRules(rules: Ruleset, identity: readonly string[]): string[] {
  return [
    ...weightLines(rules),
    ...identity,
    `${rules} set-var(txn.bucket) var(txn.id),xxh32,mod(${BUCKETS})`,
    `${rules} set-var(txn.side) str(stable)`,
    `${rules} set-var(txn.side) str(canary) if { var(txn.bucket),sub(txn.weight) -m int lt 0 }`,
  ];
}

/** Above everything stands whether anybody, or everybody, is to be on the canary. */
export function everybodyRules(rules: Ruleset): string[] {
  return [
    `${rules} set-var(txn.side) str(stable) if { var(txn.weight) -m int lt 0 }`,
    `${rules} set-var(txn.side) str(canary) if { var(txn.weight) -m int gt ${BUCKETS} }`,
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
export function standInRule(service: string, condition = '', rules: Ruleset = REQUESTS): string {
  return `${rules} set-var(txn.side) str(canary) if ${condition}{ var(txn.weight) -m int ge ${BUCKETS} } { nbsrv(${service}) eq 0 }`;
}

/** Condition that the canary of a service takes users: it is there, and the breaker has not taken it out. */
export function canaryIsUp(service: string): string {
  return `{ nbsrv(${replicasName(service)}) gt 0 } { srv_is_up(${guardedName(service)}/${CANARY_SERVER}) }`;
}
