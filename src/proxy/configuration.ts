import { assetSections, assetsTable, servesAssets } from './assets.ts';
import { guardedBackend, replicaSections, stableSections } from './backends.ts';
import { entrySection, previewSection } from './entry.ts';
import { returnsCookieTable } from './identity.ts';
import { longLivedTable } from './long-lived.ts';
import { logFormat, requestRing } from './request-log.ts';
import { type Route, transportOf } from './route.ts';
import { SAMPLE_PLACES } from './samples.ts';
import { hopSections } from './service-entries.ts';
import type { SideSettings } from './side.ts';
import { streamDefaults, streamSections } from './stream.ts';
import { onBothFamilies, section } from './syntax.ts';
import {
  bufferLines,
  CLOSE_IDLE_CONNECTIONS,
  type Tolerance,
  toleranceLines,
} from './tolerance.ts';
import { certificateSection, isStream } from './transport.ts';
import { RUN_DIRECTORY } from './weight-map.ts';

export interface ProxySettings extends SideSettings {
  routes: readonly Route[];
  /** Owner of the admin socket: the user who runs canary. */
  owner: { uid: number; gid: number };
  /** Whether HAProxy starts as root; its workers drop to its own user then. */
  startsAsRoot?: boolean;
  /** The port where Prometheus can scrape HAProxy's metrics. */
  metricsPort?: number | undefined;
  tolerance: Tolerance;
  /** Whether the kernel knows IPv6; without it, HAProxy could not start. */
  hasIpv6?: boolean;
}

/**
 * The complete HAProxy configuration. It does not depend on whether a canary runs, or on how many
 * containers a side has: servers wait without an address until Docker's DNS names a container, so
 * neither deploying nor scaling reloads the proxy.
 */
export function renderConfiguration(settings: ProxySettings): string {
  const sections = [
    globalSection(settings),
    ...certificates(settings),
    ...(settings.routes.some(handsBytesOn) ? [streamDefaults(COMMON)] : []),
    defaultsSection(settings),
    resolversSection(),
    longLivedTable(),
    returnsCookieTable(),
    assetsTable(),
    requestRing(),
    ...settings.routes.flatMap((route) => routeSections(route, settings)),
    ...hopSections(settings.routes, settings),
    ...(settings.metricsPort === undefined ? [] : [metricsSection(settings.metricsPort)]),
  ];
  const text = `${sections.join('\n\n')}\n`;
  return settings.hasIpv6 ? onBothFamilies(text) : text;
}

function routeSections(route: Route, settings: ProxySettings): string[] {
  const { entry } = route;
  if (!entry) return [...stableSections(route), ...replicaSections(route)];
  if (handsBytesOn(route)) return streamSections(route, entry);
  const hasHops = settings.routes.some(({ hops }) => hops);
  return [
    ...(entry.from === 'services' ? [] : [entrySection(route, entry, { ...settings, hasHops })]),
    ...stableSections(route),
    guardedBackend(route, entry),
    ...(entry.from !== 'services' && servesAssets(entry.transport) ? assetSections(route) : []),
    ...replicaSections(route),
    ...(entry.preview ? [previewSection(route, entry.preview, { ...settings, hasHops })] : []),
  ];
}

/** Whether a route's bytes are passed on unchanged. */
function handsBytesOn(route: Route): boolean {
  return isStream(transportOf(route));
}

function certificates({ routes }: ProxySettings): string[] {
  const loaded = routes.flatMap(({ service, entry }) => {
    const certificate = entry?.transport?.certificate;
    return certificate ? [{ service, certificate }] : [];
  });
  return loaded.length > 0 ? [certificateSection(loaded)] : [];
}

function globalSection({ owner, startsAsRoot, keepsSamples, tolerance }: ProxySettings): string {
  return section('global', [
    'log stdout format raw local0 info',
    `stats socket ${RUN_DIRECTORY}/admin.sock mode 600 uid ${owner.uid} gid ${owner.gid} level admin`,
    // Exists only while a configuration is being loaded: what the previous worker knew of its
    // servers.
    `server-state-file ${RUN_DIRECTORY}/servers.state`,
    // A previous worker stays as long as its longest WebSocket may.
    'hard-stop-after 24h',
    CLOSE_IDLE_CONNECTIONS,
    // The default is three; each has its number in one file.
    'tune.stick-counters 5',
    ...bufferLines(tolerance),
    // Otherwise the first checks of a backend are spread over its longest interval, which is a day.
    'max-spread-checks 500ms',
    ...(keepsSamples ? SAMPLE_PLACES : []),
    ...(startsAsRoot ? ['user haproxy', 'group haproxy'] : []),
  ]);
}

/** For both HTTP and raw bytes. */
const COMMON = [
  'log global',
  'option dontlognull',
  'load-server-state-from-file global',
  // No reply means a full queue, or a container that is gone: wait for the kernel's second and
  // third try (after one and three seconds), but not longer.
  'timeout connect 4s',
  // A container that stops between two checks costs retries on the others, not a request; also if
  // several stop.
  'retries 5',
  'option redispatch 1',
  // A refused connection is noticed immediately, even on a user's request; no reply may also be
  // overload, so it must last before a server is down. Of a name that has both families IPv4: many
  // servers listen on that alone.
  'default-server check inter 900ms fastinter 500ms downinter 500ms rise 1 fall 5 resolvers docker resolve-prefer ipv4 init-addr last,none',
];

function defaultsSection({ tolerance }: ProxySettings): string {
  return section('defaults', [
    'mode http',
    ...COMMON,
    logFormat(),
    'option forwardfor',
    ...toleranceLines(tolerance),
    'timeout tunnel 24h',
    'retry-on conn-failure empty-response',
  ]);
}

function resolversSection(): string {
  return section('resolvers docker', [
    'nameserver embedded 127.0.0.11:53',
    // Many replicas need a long DNS response.
    'accepted_payload_size 8192',
    'resolve_retries 2',
    'timeout resolve 300ms',
    'timeout retry 300ms',
    'hold valid 500ms',
    // How soon a missing container is forgotten.
    ...['nx', 'obsolete'].map((state) => `hold ${state} 500ms`),
    // A DNS server that is silent for a while does not mean that the containers are gone: known
    // addresses stay.
    ...['other', 'refused', 'timeout'].map((state) => `hold ${state} 24h`),
  ]);
}

/**
 * Where Prometheus scrapes HAProxy's metrics. Not logged, because a scraper is not a user. No
 * service can have this name.
 */
function metricsSection(port: number): string {
  return section('frontend proxy:metrics', [
    `bind :${port}`,
    'no log',
    'http-request use-service prometheus-exporter if { path /metrics }',
    'http-request return status 404 content-type text/plain string "It is at /metrics.\\n"',
  ]);
}
