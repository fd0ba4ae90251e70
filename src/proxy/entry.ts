import type { Identity } from '../config/schema.ts';
import {
  CANARY_SERVER,
  entryName,
  guardedName,
  previewName,
  type Route,
  replicasName,
  section,
} from './route.ts';
import { BUCKETS } from './weight.ts';
import { WEIGHT_MAP } from './weight-map.ts';

/** The cookie that keeps an anonymous user on one side. */
const IDENTITY_COOKIE = 'canary-id';

export interface EntrySettings {
  identity: readonly Identity[];
  forceHeader: string;
}

/** Where users come in: who they are, and which side they are on. */
export function entrySection(
  service: string,
  port: number,
  { identity, forceHeader }: EntrySettings,
): string {
  const canaryIsUp = `{ nbsrv(${replicasName(service)}) gt 0 } { srv_is_up(${guardedName(service)}/${CANARY_SERVER}) }`;
  return section(`frontend ${entryName(service)}`, [
    `bind :${port}`,
    `http-request set-var(txn.weight) str(weight),map_str_int(opt@${WEIGHT_MAP},0)`,
    ...identityRules(identity),
    `http-request set-var(txn.bucket) var(txn.id),xxh32,mod(${BUCKETS})`,
    'http-request set-var(txn.side) str(stable)',
    'http-request set-var(txn.side) str(canary) if { var(txn.bucket),sub(txn.weight) -m int lt 0 }',
    `http-request set-var(txn.side) str(canary) if { req.hdr(${forceHeader}) -m str canary }`,
    `http-request set-var(txn.side) str(stable) if { req.hdr(${forceHeader}) -m str stable }`,
    // At full weight the canary also stands in for a stable that is being replaced.
    `http-request set-var(txn.side) str(canary) if { var(txn.weight) -m int ge ${BUCKETS} } { nbsrv(${service}) eq 0 }`,
    // Only while a canary has users: at weight 0 answers stay as the service made them.
    `http-response add-header Set-Cookie "${IDENTITY_COOKIE}=%[var(txn.newid)]; Path=/; Max-Age=2592000; HttpOnly; SameSite=Lax" if { var(txn.newid) -m found } { var(txn.weight) -m int gt 0 }`,
    // A canary that is gone, or that the breaker took out, leaves its users to the stable.
    `use_backend ${guardedName(service)} if { var(txn.side) -m str canary } ${canaryIsUp}`,
    `default_backend ${service}`,
  ]);
}

/** Who the user is: the configured places in order, else a cookie of our own. */
function identityRules(identity: readonly Identity[]): string[] {
  const places = [...identity, { from: 'cookie' as const, name: IDENTITY_COOKIE }];
  return [
    ...places.map(({ from, name }) => {
      const fetch = from === 'header' ? `req.hdr(${name})` : `req.cook(${name})`;
      return `http-request set-var(txn.id) ${fetch} if !{ var(txn.id) -m found } { ${fetch} -m found }`;
    }),
    'http-request set-var(txn.newid) uuid() if !{ var(txn.id) -m found }',
    'http-request set-var(txn.id) var(txn.newid) if !{ var(txn.id) -m found }',
  ];
}

/** The canary alone, on a port of its own; also while the breaker keeps it from users. Not counted as users' requests. */
export function previewSection({ service }: Route, preview: number): string {
  return section(`frontend ${previewName(service)}`, [
    `bind :${preview}`,
    `http-request return status 503 content-type text/plain string "No canary is running.\\n" if { nbsrv(${replicasName(service)}) eq 0 }`,
    `default_backend ${replicasName(service)}`,
  ]);
}
