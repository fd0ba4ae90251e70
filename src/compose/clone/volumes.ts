import type { ComposeModel, ComposeVolume } from '../model/model.ts';
import { statefulReason } from '../services/stateful.ts';

/**
 * What package managers and build tools store for themselves: another version's data is useless or
 * harmful.
 */
const CACHE =
  /(^|\/)(node_modules|bower_components|\.(next|nuxt|cache|npm|yarn|pnpm-store|m2|gradle|cargo|venv|bundle|turbo))(\/|$)|\/(venv|bundle|caches?|__pycache__)\/?$|^\/var\/cache\//;

/** Sockets, process ids and locks belong to the processes that created them. */
const RUNTIME =
  /^(\/var)?\/run(\/|$)|(^|\/)(sock|socks|sockets?|pids?|locks?)(\/|$)|\/(tmp|temp)\/?$|\.sock$/;

/**
 * Volume names that mean the same at any path; a name that only begins like this may hold anything.
 */
const CACHE_NAME = /(^|[-_.])(cache|node[-_]?modules)$/i;
const RUNTIME_NAME = /(^|[-_.])(sock|socks|sockets?)$/i;

/** By service, the volumes that its clone does not share with the stable. */
export type OwnVolumes = ReadonlyMap<string, readonly ComposeVolume[]>;

/**
 * The named volumes that clones do not share with the stable: caches, and folders for the service's
 * own sockets and locks. By service; without a source if no other service of the slice mounts it,
 * else a volume that the clones share.
 */
export function ownVolumes(model: ComposeModel, slice: readonly string[]): OwnVolumes {
  const own = slice.map((service) => [service, ownOf(model, slice, service)] as const);
  const users = (source: string | undefined) =>
    own.filter(([, volumes]) => volumes.some((each) => each.source === source)).length;
  return new Map(
    own.map(([service, volumes]) => [
      service,
      volumes.map(({ source = '', target }) => ({
        type: 'volume',
        ...(users(source) > 1 ? { source: ownVolumeName(source) } : {}),
        target,
      })),
    ]),
  );
}

/** The volume that the clones of a slice share instead of one of the stable's. */
function ownVolumeName(source: string): string {
  return `${source}-canary`;
}

function ownOf(model: ComposeModel, slice: readonly string[], service: string): ComposeVolume[] {
  return (model.services[service]?.volumes ?? []).filter((volume) => {
    const { type, source, target, read_only } = volume;
    if (type !== 'volume' || !source || read_only) return false;
    if (CACHE.test(target) || CACHE_NAME.test(source)) return true;
    if (!RUNTIME.test(target) && !RUNTIME_NAME.test(source)) return false;
    return !isOfAnother(model, slice, service, source);
  });
}

/**
 * Whether a service that stays shared listens in this volume: one that keeps data, or that this
 * service waits for.
 */
function isOfAnother(
  model: ComposeModel,
  slice: readonly string[],
  service: string,
  source: string,
): boolean {
  const awaited = dependenciesOf(model, service);
  return Object.entries(model.services)
    .filter(([name]) => !slice.includes(name))
    .filter(([, { volumes }]) => volumes?.some((each) => each.source === source))
    .some(
      ([name, other]) =>
        awaited.has(name) ||
        statefulReason(other, model) !== undefined ||
        (isNamedAfter(source, name) && !isNamedAfter(source, service)),
    );
}

/** `ospd_openvas_socket_vol` belongs to `ospd-openvas`. */
function isNamedAfter(source: string, service: string): boolean {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return service.length > 2 && plain(source).startsWith(plain(service));
}

function dependenciesOf(model: ComposeModel, service: string): ReadonlySet<string> {
  const found = new Set<string>();
  const follow = (name: string) => {
    for (const target of Object.keys(model.services[name]?.depends_on ?? {})) {
      if (found.has(target)) continue;
      found.add(target);
      follow(target);
    }
  };
  follow(service);
  return found;
}
