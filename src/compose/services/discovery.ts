import type { ComposeService } from '../model/model.ts';
import { writtenPairs } from '../model/written.ts';

/** A way in which other programs find containers on the engine: by labels or by environment. */
interface Scheme {
  name: string;
  labels?: RegExp;
  environment?: RegExp;
  /** The labels that tell it to ignore a container, if it has any. */
  instead?: Readonly<Record<string, string>>;
  /** Images that show that it is in the stack; it then also sees containers without labels. */
  image?: RegExp;
}

/**
 * Programs that only collect logs, by container name or Compose labels, are not here: they see a
 * clone as itself, which is wanted.
 */
const SCHEMES: readonly Scheme[] = [
  // Routers: a clone that kept their keys would get users that canary did not assign to it.
  { name: 'Traefik', labels: /^traefik\./i, instead: { 'traefik.enable': 'false' } },
  {
    name: 'nginx-proxy',
    labels: /^com\.github\.(nginx-proxy|jrcs)\./,
    environment: /^(VIRTUAL_(HOST|PORT|PATH|DEST|PROTO|ROOT|HOST_MULTIPORTS)|LETSENCRYPT_\w+)$/,
  },
  { name: 'caddy-docker-proxy', labels: /^caddy(_\d+)?(\.|$)/ },
  { name: 'caddy-gen', labels: /^virtual\./ },
  { name: 'SWAG', labels: /^swag([._]|$)/ },
  { name: 'Reproxy', labels: /^reproxy\./, instead: { 'reproxy.enabled': 'false' } },
  { name: 'GoDoxy', labels: /^proxy\.(#?\d+\.|aliases$|exclude$|\*\.)/ },
  { name: 'EasyHAProxy', labels: /^easyhaproxy\./ },
  { name: 'BunkerWeb', labels: /^bunkerweb\./ },
  { name: 'Docker Flow Proxy', labels: /^com\.df\./ },
  { name: 'Sablier', labels: /^sablier\./ },
  { name: 'TSDProxy', labels: /^(tsdproxy|tsbridge|docktail)\./ },
  { name: 'Cloudflare tunnels', labels: /^(dockflare|cloudflare\.tunnel|hera)\./ },
  { name: 'Tinyauth', labels: /^tinyauth\./ },
  { name: 'dnsdock', labels: /^com\.dnsdock\./ },
  { name: 'CoreDNS', labels: /^coredns\.dockerdiscovery\./ },
  // It also registers containers without its own keys, and `SERVICE_NAME` may be the program's own
  // variable: so it is told to ignore the clone.
  {
    name: 'Registrator',
    labels: /^SERVICE_(NAME|ID|TAGS|REGION|IGNORE|CHECK_\w+|\d+_\w+)$/,
    environment: /^SERVICE_(TAGS|CHECK_(HTTP|HTTPS|TCP|TTL|SCRIPT|CMD|INTERVAL|TIMEOUT)|\d+_\w+)$/,
    instead: { SERVICE_IGNORE: 'true' },
    image: /(^|\/)registrator$/,
  },
  // Container managers: they would recreate a clone, stop it for a backup, or take it for the
  // stable.
  {
    name: 'Watchtower',
    labels: /^com\.centurylinklabs\.watchtower(\.|$)/,
    instead: { 'com.centurylinklabs.watchtower.enable': 'false' },
    image: /(^|\/)watchtower$/,
  },
  {
    name: 'Ouroboros',
    labels: /^com\.ouroboros\./,
    instead: { 'com.ouroboros.enable': 'false' },
    image: /(^|\/)ouroboros$/,
  },
  { name: 'Diun', labels: /^diun\./, instead: { 'diun.enable': 'false' } },
  { name: "What's up Docker", labels: /^wud\./, instead: { 'wud.watch': 'false' } },
  {
    name: 'autoheal',
    labels: /^autoheal([._]|$)/,
    // Its own spelling.
    instead: { autoheal: 'False' },
    image: /(^|\/)autoheal$/,
  },
  { name: 'docker-volume-backup', labels: /^docker-volume-backup\./ },
  { name: 'restic backups', labels: /^(restic-compose-backup|stack-back)\./ },
  { name: 'Coolify', labels: /^coolify\./ },
  { name: 'Lagoon', labels: /^lagoon\./ },
  // Schedulers: every job would run twice.
  { name: 'Ofelia', labels: /^(ofelia|chadburn)\./ },
  { name: 'deck-chores', labels: /^deck-chores\./ },
  { name: 'swarm-cronjob', labels: /^swarm\.cronjob\./ },
  // Monitoring: the metrics of a clone would be counted as the stable's.
  { name: 'Datadog', labels: /^com\.datadoghq\./ },
  { name: 'Prometheus', labels: /^prometheus([._/-]|$)/i },
  { name: 'Elastic', labels: /^co\.elastic\./ },
  { name: 'dashboards', labels: /^(homepage|flame|glance)\./ },
  { name: 'AutoKuma', labels: /^kuma\./ },
];

/** What a clone must not take over from its service, and what it declares instead. */
export interface Discovery {
  /** Labels that it must not have. */
  labels: string[];
  /**
   * Environment variables that must be empty in it: removing them is not enough, see
   * `docs/decisions/0030-discovery-labels.md`.
   */
  environment: string[];
  /** Labels that it has instead. */
  replacements: Record<string, string>;
}

/**
 * The labels and environment by which other programs would take a clone for its service. `stack`:
 * the services beside it; some of them may look for containers.
 */
export function discoveryOf(
  service: ComposeService,
  stack: readonly ComposeService[] = [],
): Discovery {
  const found: Discovery = { labels: [], environment: [], replacements: {} };
  for (const { labels, environment, instead, image } of SCHEMES) {
    const own = keysLike(service.labels, labels);
    const settings = keysLike(service.environment, environment);
    const isNear = image !== undefined && stack.some((each) => image.test(pathOf(each.image)));
    found.labels.push(...own);
    found.environment.push(...settings);
    if (own.length > 0 || settings.length > 0 || isNear) Object.assign(found.replacements, instead);
  }
  const labels = found.labels.filter((key) => !Object.hasOwn(found.replacements, key));
  return { ...found, labels: labels.sort(), environment: found.environment.sort() };
}

function keysLike(
  values: Readonly<Record<string, unknown>> | undefined,
  pattern: RegExp | undefined,
): string[] {
  return pattern ? Object.keys(values ?? {}).filter((key) => pattern.test(key)) : [];
}

/** An image without its tag and digest. */
function pathOf(image = ''): string {
  return image.replace(/@.*$/s, '').replace(/:[^/:]*$/, '');
}

/** The labels of a service, as written, that its clone takes over. */
export function keptLabels(written: unknown): Record<string, string> {
  const pairs = writtenPairs(written);
  const dropped = new Set(discoveryOf({ labels: Object.fromEntries(pairs) }).labels);
  return Object.fromEntries([...pairs].filter(([key]) => !dropped.has(key)));
}
