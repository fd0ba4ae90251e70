import type { Identity } from '../config/sections/identity.ts';
import type { MatchRule } from '../config/sections/match.ts';
import { identityRules } from './identity.ts';
import { noStable } from './last-resort.ts';
import { matchLines } from './match.ts';
import { CANARY_SERVER, guardedName, replicasName } from './route.ts';
import { BUCKETS } from './weight.ts';
import { weightLines } from './weight-map.ts';

export interface SideSettings {
  identity: readonly Identity[];
  match: readonly MatchRule[];
  forceHeader: string;
  /** Addresses of proxies in front whose `X-Forwarded-For` is believed. */
  trusted?: readonly string[];
  /**
   * Whether some GET requests of users are kept in memory, so that they can be sent to both sides.
   */
  keepsSamples?: boolean;
}

/**
 * Sets the side of a request in `txn.side`. `told`: the lines that read the side a request states
 * itself. `address`: the lines that find the client's address.
 */
export function sideRules(
  { identity, match }: SideSettings,
  told: readonly string[],
  address: readonly string[],
): string[] {
  return [
    ...weightRules(REQUESTS, identityRules(identity, address)),
    // Rules take precedence over the weight, and what the request states over the rules.
    ...matchLines(match),
    ...told,
    'http-request set-var(txn.side) var(txn.rule) if { var(txn.rule) -m found }',
    ...everybodyRules(REQUESTS),
  ];
}

/** HAProxy's keywords for rules on requests, and on connections whose bytes are passed on. */
const REQUESTS = 'http-request';
export const CONNECTIONS = 'tcp-request content';
type Ruleset = typeof REQUESTS | typeof CONNECTIONS;

/** The side by weight; `identity`: the lines that find out who the user is. */
export function weightRules(rules: Ruleset, identity: readonly string[]): string[] {
  return [
    ...weightLines(rules),
    ...identity,
    `${rules} set-var(txn.bucket) var(txn.id),xxh32,mod(${BUCKETS})`,
    `${rules} set-var(txn.side) str(stable)`,
    `${rules} set-var(txn.side) str(canary) if { var(txn.bucket),sub(txn.weight) -m int lt 0 }`,
  ];
}

/** Whether everyone is on one side takes precedence over everything else. */
export function everybodyRules(rules: Ruleset): string[] {
  return [
    `${rules} set-var(txn.side) str(stable) if { var(txn.weight) -m int lt 0 }`,
    `${rules} set-var(txn.side) str(canary) if { var(txn.weight) -m int gt ${BUCKETS} }`,
  ];
}

/** The forcing header decides. */
export function forceRules(header: string): string[] {
  return ['canary', 'stable'].map(
    (side) =>
      `http-request set-var(txn.rule) str(${side}) if { req.hdr(${header}) -m str ${side} }`,
  );
}

/** At full weight, the canary of a service also replaces a stable that is being replaced. */
export function standInRule(service: string, condition = '', rules: Ruleset = REQUESTS): string {
  return `${rules} set-var(txn.side) str(canary) if ${condition}{ var(txn.weight) -m int ge ${BUCKETS} } ${noStable(service)}`;
}

/**
 * The condition that a service's canary takes users: it runs, and the breaker has not taken it out.
 */
export function canaryIsUp(service: string): string {
  return `{ nbsrv(${replicasName(service)}) gt 0 } { srv_is_up(${guardedName(service)}/${CANARY_SERVER}) }`;
}
