import type { ComposeModel, ComposeService } from '../model/model.ts';

/** A Traefik router that leads users to a service, defined by the service's own labels. */
export interface TraefikRouter {
  name: string;
  /**
   * One above the service's own router: the proxy's router takes its place, and no other router's.
   */
  priority: number;
}

/** What the Traefik labels of a service state. */
export interface TraefikRoutes {
  routers: readonly TraefikRouter[];
  /** The port in its container that users reach, if the labels state it. */
  port: number | undefined;
  /** Routes to it that the proxy cannot take over, each with the reason. */
  left: readonly string[];
}

/**
 * The labels of one Traefik router or service, by the rest of the key after its name, in lower
 * case.
 */
type Fields = ReadonlyMap<string, string>;

/**
 * The routers that the proxy can take over; a text is the reason why there is none. `port` is where
 * the service listens if canary.yaml states it.
 */
export function traefikRoutes(
  model: ComposeModel,
  name: string,
  { port, protocol }: { port?: number | undefined; protocol?: string | undefined },
): TraefikRoutes | string {
  const labels = model.services[name]?.labels ?? {};
  const keys = Object.keys(labels);
  if (!keys.some((key) => /^traefik\./i.test(key))) return 'it has no label of Traefik';
  if (isDisabled({ labels })) return 'its label `traefik.enable` says `false`';
  if (keys.some((key) => /^traefik\.(frontend|backend|port|protocol)\b/i.test(key)))
    return 'its labels are those of Traefik 1';
  const services = named(labels, 'http.services');
  const left = ['tcp', 'udp'].flatMap((kind) =>
    [...named(labels, `${kind}.routers`).keys()].map(
      (router) => `its ${kind.toUpperCase()} router \`${router}\` stays with the stable`,
    ),
  );
  const routers: TraefikRouter[] = [];
  let arrival = port;
  for (const [router, fields] of named(labels, 'http.routers')) {
    const target = targetOf(fields, services);
    const said = typeof target === 'string' ? undefined : portOf(target);
    const reason =
      typeof target === 'string' ? target : languageObstacle(target.get(SCHEME), protocol);
    if (reason) left.push(`its router \`${router}\` stays with the stable: ${reason}`);
    else if (said !== undefined && arrival !== undefined && said !== arrival)
      left.push(`its router \`${router}\` stays with the stable: it leads to port ${said}`);
    else {
      arrival = said ?? arrival;
      routers.push({ name: router, priority: priorityOf(fields) + 1 });
    }
  }
  if (routers.length > 0)
    return rankObstacle(model, name, routers) ?? { routers, port: arrival, left };
  return left[0] ?? 'none of its routers has a rule of its own';
}

const SCHEME = 'loadbalancer.server.scheme';

/** The service of this container to which a router leads, or why it does not lead to it. */
function targetOf(router: Fields, services: ReadonlyMap<string, Fields>): Fields | string {
  if (!router.get('rule')) return 'it has no rule of its own';
  const name = router.get('service')?.replace(/@docker$/, '');
  const [first = new Map<string, string>()] = services.values();
  if (name === undefined)
    return services.size > 1 ? 'it does not say to which of its services it leads' : first;
  const service = services.get(name);
  if (!service) return `it leads to \`${name}\``;
  const isPlain = [...service.keys()].every((field) => field.startsWith('loadbalancer.'));
  return isPlain && !service.has('loadbalancer.server.url')
    ? service
    : `\`${name}\` is more than a port of this container`;
}

function portOf(service: Fields): number | undefined {
  const port = Number(service.get('loadbalancer.server.port'));
  return Number.isInteger(port) && port > 0 ? port : undefined;
}

function languageObstacle(scheme = 'http', protocol = 'http'): string | undefined {
  if (scheme === 'http') return undefined;
  if (scheme === 'h2c')
    return protocol === 'http2' ? undefined : 'it speaks HTTP/2; say `protocol: http2`';
  return `it speaks ${scheme} to the service`;
}

/** The priority that Traefik uses: the given number, else the length of the rule. */
function priorityOf(router: Fields): number {
  const given = Number(router.get('priority') ?? 0);
  return given || new TextEncoder().encode(router.get('rule') ?? '').length;
}

/**
 * Traefik chooses randomly between two routers of equal priority: another service's router must not
 * have the same priority as ours.
 */
function rankObstacle(
  { services }: ComposeModel,
  name: string,
  routers: readonly TraefikRouter[],
): string | undefined {
  const own = named(services[name]?.labels, 'http.routers');
  for (const [other, service] of Object.entries(services)) {
    if (other === name || isDisabled(service)) continue;
    for (const [theirs, fields] of named(service.labels, 'http.routers')) {
      const rival = routers.find(
        (each) =>
          each.priority === priorityOf(fields) &&
          canBothMatch(own.get(each.name)?.get('rule') ?? '', fields.get('rule') ?? ''),
      );
      if (rival)
        return `its router would rank like \`${theirs}\` of \`${other}\`; give \`${rival.name}\` a \`priority\``;
    }
  }
  return undefined;
}

/** Rules that name hosts but share none never match the same request. */
function canBothMatch(one: string, other: string): boolean {
  const [hosts, others] = [one, other].map((rule) =>
    /!|HostRegexp|\|\|/i.test(rule)
      ? []
      : [...rule.matchAll(/\bHost\(([^()]*)\)/g)].flatMap(([, list = '']) =>
          [...list.matchAll(/[`"']([^`"']+)[`"']/g)].map(([, host = '']) => host.toLowerCase()),
        ),
  ) as [string[], string[]];
  return hosts.length === 0 || others.length === 0 || hosts.some((host) => others.includes(host));
}

function isDisabled({ labels = {} }: ComposeService): boolean {
  return Object.entries(labels).some(
    ([key, value]) => key.toLowerCase() === 'traefik.enable' && value.toLowerCase() === 'false',
  );
}

/** The labels of one kind, by the name in them. */
function named(labels: ComposeService['labels'], kind: string): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const [key, value] of Object.entries(labels ?? {})) {
    const [, ...parts] = key.split('.');
    const [name, ...field] = parts.slice(2);
    if (!/^traefik\./i.test(key) || parts.slice(0, 2).join('.').toLowerCase() !== kind || !name)
      continue;
    const fields = found.get(name) ?? new Map<string, string>();
    found.set(name, fields.set(field.join('.').toLowerCase(), value));
  }
  return found;
}
