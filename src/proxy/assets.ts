import { COUNT_LONG_LIVED } from './long-lived.ts';
import {
  CANARY_SERVER,
  canaryAssetsName,
  type Route,
  replicasName,
  STABLE_REPLICA,
  stableAssetsName,
  stableReplicas,
  transportOf,
  wholeCanary,
} from './route.ts';
import { canaryIsUp } from './side.ts';
import { section } from './syntax.ts';
import { PLAIN, serverLines, type Transport } from './transport.ts';
import { BUCKETS } from './weight.ts';

/**
 * Which side has served a hashed asset, by host and path. Its name changes with its content, so
 * whichever side has it has the right one.
 */
const TABLE = 'served:assets';
/** Indexes of the table's marks. */
const SERVED_BY = { stable: 0, canary: 1 } as const;

type Side = keyof typeof SERVED_BY;

const EXTENSIONS =
  '.js .mjs .css .map .wasm .woff .woff2 .ttf .otf .svg .png .jpg .jpeg .gif .webp .avif .ico';
/**
 * Names with a hash: a long hexadecimal part, or before the extension a long part that is not only
 * lower-case letters. Without look-ahead, which not every build of HAProxy knows.
 */
const NAMES = [
  "acl is_hex path -m reg '[.-][0-9a-f]{8,}[.-]'",
  "acl is_long path -m reg '[.-][A-Za-z0-9_-]{8,}[.][a-z0-9]+$'",
  "acl is_mixed path -m reg '[.-][A-Za-z0-9_-]*[A-Z0-9][A-Za-z0-9_-]*[.][a-z0-9]+$'",
];

/** The table, in a backend of its own, because a backend can have only one. */
export function assetsTable(): string {
  return section(`backend ${TABLE}`, [
    'stick-table type integer size 100k expire 24h store gpt(2)',
  ]);
}

/** Pages have assets; gRPC calls have none. */
export function servesAssets({ protocol }: Transport = PLAIN): boolean {
  return protocol === 'http';
}

/** The lines of an entry: finds hashed assets, and those that only the other side has served. */
export function assetLines(service: string): string[] {
  const served = (side: Side) => `{ sc_get_gpt(${SERVED_BY[side]},4) gt 0 }`;
  const notServed = (side: Side) => `{ sc_get_gpt(${SERVED_BY[side]},4) eq 0 }`;
  const split = `{ var(txn.weight) -m int ge 0 } { var(txn.weight) -m int le ${BUCKETS} }`;
  return [
    `acl is_asset path_end -- ${EXTENSIONS}`,
    ...NAMES,
    'http-request set-var(txn.hashed) bool(1) if is_asset is_hex || is_asset is_long is_mixed',
    `http-request track-sc4 base32 table ${TABLE} if { method GET } { var(txn.hashed) -m found } { nbsrv(${replicasName(service)}) gt 0 }`,
    `use_backend ${canaryAssetsName(service)} if { var(txn.side) -m str canary } ${canaryIsUp(service)} ${split} ${served('stable')} ${notServed('canary')}`,
    `use_backend ${stableAssetsName(service)} if { var(txn.side) -m str stable } ${canaryIsUp(service)} ${split} ${served('canary')} ${notServed('stable')}`,
  ];
}

/** The line of a side's backend that remembers what it has served. */
export function rememberAssets(side: Side, condition = ''): string {
  return `http-response sc-set-gpt(${SERVED_BY[side]},4) int(1) if { status 200 }${condition}`;
}

/**
 * Where such an asset is asked for: of the user's side, and if it is not there, once of the other.
 * Not judged, not counted for a side, and not watched by the breaker.
 */
export function assetSections(route: Route): string[] {
  const { service } = route;
  const common = [
    ...serverLines(transportOf(route)),
    'retries 1',
    'retry-on all-retryable-errors 404 500 502 503 504',
    ...COUNT_LONG_LIVED,
    rememberAssets('stable', ` { srv_name -m beg ${STABLE_REPLICA} }`),
    rememberAssets('canary', ` { srv_name -m str ${CANARY_SERVER} }`),
  ];
  return [
    section(`backend ${canaryAssetsName(service)}`, [
      ...common,
      `use-server ${CANARY_SERVER} if TRUE`,
      // Weight 0: a repeated request goes to the stable.
      wholeCanary(route, 'no-check'),
      ...stableReplicas(route),
    ]),
    section(`backend ${stableAssetsName(service)}`, [
      ...common,
      // The first container is enough for what is only asked once; a repeated request goes to the
      // canary.
      `use-server ${STABLE_REPLICA}1 if TRUE`,
      ...stableReplicas(route, '', 0),
      wholeCanary(route, 'no-check', CANARY_SERVER, 1),
    ]),
  ];
}
