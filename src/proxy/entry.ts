import type { Identity } from '../config/identity.ts';
import type { MatchRule } from '../config/match.ts';
import { forwardedLines } from './forwarded.ts';
import { cookieRule, identityRules } from './identity.ts';
import { matchLines } from './match.ts';
import {
  CANARY_SERVER,
  entryName,
  guardedName,
  previewName,
  type Route,
  replicasName,
  section,
} from './route.ts';
import { bindOptions, PLAIN, patience, previewOptions, type Transport } from './transport.ts';
import { BUCKETS } from './weight.ts';
import { NOBODY, WEIGHT_MAP } from './weight-map.ts';

export interface EntrySettings {
  identity: readonly Identity[];
  match: readonly MatchRule[];
  forceHeader: string;
}

/** Where users come in: who they are, and which side they are on. */
export function entrySection(
  service: string,
  port: number,
  { identity, match, forceHeader }: EntrySettings,
  transport: Transport = PLAIN,
): string {
  const canaryIsUp = `{ nbsrv(${replicasName(service)}) gt 0 } { srv_is_up(${guardedName(service)}/${CANARY_SERVER}) }`;
  return section(`frontend ${entryName(service)}`, [
    `bind :${port}${bindOptions(service, transport)}`,
    ...patience('client', transport),
    ...forwardedLines(transport.certificate !== undefined),
    `http-request set-var(txn.weight) str(weight),map_str_int(${WEIGHT_MAP},${NOBODY})`,
    ...identityRules(identity),
    `http-request set-var(txn.bucket) var(txn.id),xxh32,mod(${BUCKETS})`,
    'http-request set-var(txn.side) str(stable)',
    'http-request set-var(txn.side) str(canary) if { var(txn.bucket),sub(txn.weight) -m int lt 0 }',
    // Above the weight stand the rules, and above those the forcing header.
    ...matchLines(match),
    `http-request set-var(txn.rule) str(canary) if { req.hdr(${forceHeader}) -m str canary }`,
    `http-request set-var(txn.rule) str(stable) if { req.hdr(${forceHeader}) -m str stable }`,
    'http-request set-var(txn.side) var(txn.rule) if { var(txn.rule) -m found }',
    // Above everything stands whether anybody, or everybody, is to be on the canary.
    'http-request set-var(txn.side) str(stable) if { var(txn.weight) -m int lt 0 }',
    `http-request set-var(txn.side) str(canary) if { var(txn.weight) -m int gt ${BUCKETS} }`,
    // At full weight the canary also stands in for a stable that is being replaced.
    `http-request set-var(txn.side) str(canary) if { var(txn.weight) -m int ge ${BUCKETS} } { nbsrv(${service}) eq 0 }`,
    cookieRule(),
    // A canary that is gone, or that the breaker took out, leaves its users to the stable.
    `use_backend ${guardedName(service)} if { var(txn.side) -m str canary } ${canaryIsUp}`,
    `default_backend ${service}`,
  ]);
}

/** The canary alone, on a port of its own; also while the breaker keeps it from users. Not counted as users' requests. */
export function previewSection({ service, entry }: Route, preview: number): string {
  const transport = entry?.transport ?? PLAIN;
  return section(`frontend ${previewName(service)}`, [
    `bind :${preview}${previewOptions(service, transport)}`,
    `http-request return status 503 content-type text/plain string "No canary is running.\\n" if { nbsrv(${replicasName(service)}) eq 0 }`,
    ...forwardedLines(transport.certificate !== undefined),
    `default_backend ${replicasName(service)}`,
  ]);
}
