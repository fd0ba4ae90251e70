import { longLivedStream } from './long-lived.ts';
import {
  canaryReplicas,
  type Entry,
  entryName,
  guardedName,
  previewName,
  type Route,
  replicasName,
  stableReplicas,
} from './route.ts';
import { CONNECTIONS, everybodyRules, standInRule, weightRules } from './side.ts';
import { section, word } from './syntax.ts';
import { bindOptions, PLAIN, type Transport } from './transport.ts';

/** Of this name are the defaults of sections that hand bytes on. */
const DEFAULTS = 'streams';

/** Defaults of entries whose bytes are handed on as they are. */
export function streamDefaults(common: readonly string[]): string {
  return section(`defaults ${DEFAULTS}`, [
    'mode tcp',
    'option tcplog',
    // A client that is gone without a word is noticed by the kernel.
    'option tcpka',
    'timeout client 24h',
    'timeout server 24h',
    ...common,
  ]);
}

/** An entry that is split by source address, a connection at a time, with its backends. */
export function streamSections(
  route: Route,
  { port, preview, transport = PLAIN }: Entry,
): string[] {
  const { service } = route;
  return [
    part(`frontend ${entryName(service)}`, [
      `bind :${port}${bindOptions(service, transport)}`,
      ...sideLines(service, transport),
      `use_backend ${guardedName(service)} if { var(txn.side) -m str canary } { nbsrv(${replicasName(service)}) gt 0 }`,
      `default_backend ${service}`,
    ]),
    part(`backend ${service}`, [longLivedStream, ...stableReplicas(route)]),
    part(`backend ${guardedName(service)}`, [
      longLivedStream,
      // Whoever cannot be connected to any container of the canary is connected to the stable.
      'option allbackups',
      canaryReplicas(route, 'observe layer4 error-limit 1 on-error mark-down'),
      ...stableReplicas(route, 'backup'),
    ]),
    // Whether containers of the canary are there; without the stable, and without users but of the preview.
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

/** Which side a connection is on. The bucket is that of the same address in an entry with `identity: [source]`. */
function sideLines(service: string, { protocol, sni }: Transport): string[] {
  return [
    ...weightRules(CONNECTIONS, [`${CONNECTIONS} set-var(txn.id) src`]),
    ...(protocol === 'tls' && sni.length > 0 ? nameLines(sni) : []),
    ...everybodyRules(CONNECTIONS),
    standInRule(service, '', CONNECTIONS),
  ];
}

/** Names are read from the hello, which has to have come; a client that sends none is on the stable. */
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
