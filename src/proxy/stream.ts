import { aliveServers, hasCanary, noStable, patientServer } from './last-resort.ts';
import { longLivedStream } from './long-lived.ts';
import {
  aliveName,
  canaryReplicas,
  type Entry,
  entryName,
  guardedName,
  previewName,
  type Route,
  replicasName,
  stableReplicas,
  withoutStableName,
} from './route.ts';
import { CONNECTIONS, everybodyRules, standInRule, weightRules } from './side.ts';
import { section, word } from './syntax.ts';
import { bindOptions, PLAIN, type Transport, wireOptions } from './transport.ts';

/** The name of the defaults for sections that pass bytes on. */
const DEFAULTS = 'streams';

/** Defaults of entries whose bytes are passed on unchanged. */
export function streamDefaults(common: readonly string[]): string {
  return section(`defaults ${DEFAULTS}`, [
    'mode tcp',
    'option tcplog',
    // The kernel notices a client that disappeared without closing the connection.
    'option tcpka',
    'timeout client 24h',
    'timeout server 24h',
    ...common,
  ]);
}

/** An entry that is split by source address, per connection, with its backends. */
export function streamSections(
  route: Route,
  { port, preview, transport = PLAIN }: Entry,
): string[] {
  const { service } = route;
  return [
    part(`frontend ${entryName(service)}`, [
      `bind :${port}${bindOptions(service, transport)}`,
      ...sideLines(service, transport),
      `use_backend ${withoutStableName(service)} if { var(txn.side) -m str canary } ${noStable(service)} ${hasCanary(service)}`,
      `use_backend ${guardedName(service)} if { var(txn.side) -m str canary } { nbsrv(${replicasName(service)}) gt 0 }`,
      `default_backend ${service}`,
    ]),
    part(`backend ${service}`, [
      longLivedStream(service),
      ...stableReplicas(route),
      patientServer(route),
    ]),
    part(`backend ${aliveName(service)}`, aliveServers(route)),
    part(`backend ${guardedName(service)}`, [
      longLivedStream(guardedName(service)),
      // A connection that no container of the canary accepts goes to the stable.
      'option allbackups',
      canaryReplicas(route, 'observe layer4 error-limit 1 on-error mark-down'),
      ...stableReplicas(route, 'backup'),
    ]),
    part(`backend ${withoutStableName(service)}`, [
      longLivedStream(guardedName(service)),
      canaryReplicas(route, 'no-check', wireOptions),
    ]),
    // Shows whether containers of the canary run; without the stable, and used only by the preview.
    part(`backend ${replicasName(service)}`, [canaryReplicas(route, '')]),
    ...(preview
      ? [
          part(`frontend ${previewName(service)}`, [
            `bind :${preview}`,
            `tcp-request connection reject if { nbsrv(${replicasName(service)}) eq 0 }`,
            `default_backend ${replicasName(service)}`,
          ]),
        ]
      : []),
  ];
}

/**
 * The side of a connection. The bucket is the same as for this address in an entry with `identity:
 * [source]`.
 */
function sideLines(service: string, { protocol, sni }: Transport): string[] {
  return [
    ...weightRules(CONNECTIONS, [`${CONNECTIONS} set-var(txn.id) src`]),
    ...(protocol === 'tls' && sni.length > 0 ? nameLines(sni) : []),
    ...everybodyRules(CONNECTIONS),
    standInRule(service, '', CONNECTIONS),
  ];
}

/**
 * Names are read from the TLS ClientHello, which must have arrived; a client that sends no name is
 * on the stable.
 */
function nameLines(sni: readonly string[]): string[] {
  return [
    'tcp-request inspect-delay 5s',
    'acl hello req.ssl_hello_type 1',
    ...sni.map((name) =>
      name.startsWith('*.')
        ? `acl split req.ssl_sni -m reg -i -- ${word(`^[^.]+${name.slice(1).replaceAll('.', '\\.')}$`)}`
        : `acl split req.ssl_sni -m str -i -- ${word(name)}`,
    ),
    'tcp-request content set-var(txn.named) bool(1) if hello split',
    'tcp-request content set-var(txn.side) str(stable) if !{ var(txn.named) -m found }',
  ];
}

function part(title: string, lines: readonly string[]): string {
  return section(`${title} from ${DEFAULTS}`, lines);
}
