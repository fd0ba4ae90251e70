import { assetLines, servesAssets } from './assets.ts';
import { tell, tellSide, toldRules } from './baggage.ts';
import { addressLines, cookieRules, EDGE_ADDRESS } from './identity.ts';
import { logRequests } from './request-log.ts';
import {
  aloneName,
  type Entry,
  entryName,
  guardedName,
  previewName,
  type Route,
  replicasName,
  transportOf,
} from './route.ts';
import { KEEP_SAMPLE, offerSample } from './samples.ts';
import { canaryIsUp, forceRules, type SideSettings, sideRules, standInRule } from './side.ts';
import { section } from './syntax.ts';
import { bindOptions, PLAIN, patience, tlsOptions } from './transport.ts';
import { BUCKETS } from './weight.ts';
import { LEAVE_LINES } from './weight-map.ts';

export interface EntrySettings extends SideSettings {
  /** Calls from other services are split too: requests state their side. */
  hasHops: boolean;
}

/** Where users come in: finds who they are, and which side they are on. */
export function entrySection(
  { service, baseline }: Route,
  { port, from, published, transport = PLAIN }: Entry,
  settings: EntrySettings,
): string {
  return section(`frontend ${entryName(service)}`, [
    `bind :${port}${bindOptions(service, transport)}`,
    ...patience('client', transport),
    ...forwardedLines(transport.certificate !== undefined, published),
    ...(from === 'edge' ? KEEP_CLIENT : []),
    ...sideRules(
      settings,
      forceRules(settings.forceHeader),
      from === 'edge' ? EDGE_ADDRESS : addressLines(settings.trusted ?? []),
    ),
    ...LEAVE_LINES,
    standInRule(service),
    ...(baseline ? [CHOOSE_BASELINE] : []),
    ...logRequests(),
    ...(settings.hasHops ? [...toldRules(service), ...tellSide(settings.forceHeader)] : []),
    ...cookieRules(),
    ...(settings.keepsSamples
      ? [offerSample(service, '!{ var(txn.rule) -m found } '), ...KEEP_SAMPLE]
      : []),
    ...(servesAssets(transport) ? assetLines(service) : []),
    // If the canary is gone, or the breaker took it out, its users go to the stable.
    `use_backend ${guardedName(service)} if { var(txn.side) -m str canary } ${canaryIsUp(service)}`,
    `default_backend ${service}`,
  ]);
}

/** The edge in front of the proxy has stated the client's address; it is captured for the log. */
const KEEP_CLIENT = [
  'option forwardfor if-none',
  'http-request capture req.hdr(X-Forwarded-For) len 100',
];

/**
 * Only the canary, on a separate port; also while the breaker keeps users away from it. Not counted
 * as users' requests.
 */
export function previewSection(
  route: Route,
  preview: number,
  { forceHeader, hasHops }: EntrySettings,
): string {
  const { service } = route;
  const transport = transportOf(route);
  return section(`frontend ${previewName(service)}`, [
    `bind :${preview}${tlsOptions(service, transport)}`,
    `http-request return status 503 content-type text/plain string "No canary is running.\\n" if { nbsrv(${replicasName(service)}) eq 0 }`,
    ...forwardedLines(transport.certificate !== undefined),
    ...(hasHops ? tell(forceHeader, 'canary') : []),
    `default_backend ${aloneName(service)}`,
  ]);
}

/**
 * Which users of the stable get the baseline: as many as are on the canary, from the other end of
 * the buckets, so that a higher weight only adds users here too. From a weight of 50% on, these are
 * all users who are left on the stable.
 */
const CHOOSE_BASELINE = `http-request set-var(txn.baseline) bool(1) if { var(txn.side) -m str stable } !{ var(txn.rule) -m found } { var(txn.bucket),add(txn.weight) -m int ge ${BUCKETS} }`;

/** Headers by which a proxy in front tells how the user came to it: all but `X-Forwarded-For`. */
const TOLD_BY_FRONT = "'(^|,)(forwarded|front-end-https|x-forwarded-([^f,]|f[^o,])[^,]*)(,|$)'";

/**
 * The headers that tell the service how the user came, with the port that users know, in addition
 * to `X-Forwarded-For`. If a proxy in front has set any, they are all its own: half from there and
 * half from here would be an address that does not exist.
 */
function forwardedLines(isTls: boolean, published?: number): string[] {
  const set = (name: string, value: string | number, condition = '') =>
    `http-request set-header ${name} ${value} if !{ var(txn.front) -m found }${condition}`;
  return [
    `http-request set-var(txn.front) bool(1) if { req.hdr_names -m reg -i ${TOLD_BY_FRONT} }`,
    // Where TLS ends here, whoever told only the client's address did not tell the scheme.
    ...(isTls
      ? []
      : ['http-request set-var(txn.front) bool(1) if { req.hdr(X-Forwarded-For) -m found }']),
    set('X-Forwarded-Proto', isTls ? 'https' : 'http'),
    set('X-Forwarded-Host', '%[req.hdr(Host)]', ' { req.hdr(Host) -m found }'),
    ...(published === undefined ? [] : [set('X-Forwarded-Port', published)]),
  ];
}
