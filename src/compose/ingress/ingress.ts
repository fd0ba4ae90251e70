import type { CanaryConfig } from '../../config/schema.ts';
import { CanaryError } from '../../errors.ts';
import { ended } from '../../sentences.ts';
import { networkNames } from '../model/fields.ts';
import type { ComposeModel } from '../model/model.ts';
import { PROXY_SERVICE } from '../model/names.ts';
import { byLabels, edgeKind, foundByLabels } from '../services/edge.ts';
import { hostNames } from '../services/host-names.ts';
import type { Call } from '../services/service-map.ts';
import { statefulReason } from '../services/stateful.ts';
import { ingressByLabels } from './by-labels.ts';
import type { RouterIngress } from './router.ts';

/**
 * A way to a service other than a port of the host. Links redirect callers to the proxy; routers
 * find the proxy by labels.
 */
export interface Ingress {
  /**
   * `mesh`: other services call it. `behind`: users come through another proxy of the stack, which
   * calls it by name. `labels`: users come through a router that finds it by labels.
   */
  kind: 'mesh' | 'behind' | 'labels';
  callers: readonly string[];
  /** The names that callers may use for it. */
  names: readonly string[];
  /** The published port on which only the canary responds; not for `mesh`. */
  preview: number | undefined;
  /** For `labels`: the router, and how the service is configured there. */
  router?: RouterIngress;
}

/** The port of the host that users know; the proxy takes it over. */
export interface Entry {
  port: number;
  hostIp: string | undefined;
  /** Further addresses of the host at which it publishes the same port. */
  otherIps?: readonly string[];
  preview: number | undefined;
}

/** The part of a service of the slice that its ingresses need. */
export interface ReachableService {
  service: string;
  port?: number | undefined;
  entry: Entry | undefined;
  ingress?: Ingress | undefined;
}

/**
 * The ingress that canary.yaml asks for; throws `caller-unusable` or `service-unknown` if callers
 * cannot be redirected to the proxy.
 */
export function ingressOf(
  name: string,
  choice: CanaryConfig['services'][string],
  model: ComposeModel,
  calls: readonly Call[],
): Ingress | undefined {
  const { mesh, behind, preview } = choice;
  if (choice.labels) {
    const router = ingressByLabels(name, { ...choice, labels: choice.labels }, model);
    return { kind: 'labels', callers: [], names: [], preview, router };
  }
  const named = behind ?? mesh?.callers;
  if (!mesh && !behind) return undefined;
  for (const caller of named ?? []) refuseCaller(model, caller, name);
  const callers = named ?? knownCallers(model, calls, name);
  if (callers.length === 0) {
    throw new CanaryError(
      'caller-unusable',
      `Nothing in the compose file says who calls \`${name}\`, which is \`mesh\`.`,
      { hint: `Name them: \`${name}: { mesh: { callers: [NAME] } }\`.` },
    );
  }
  const labels = behind && foundByLabels(model.services[name] ?? {});
  if (labels) throw byLabels(behind, name, labels);
  return {
    kind: behind ? 'behind' : 'mesh',
    callers,
    names: hostNames(model, name, callers),
    preview: behind ? preview : undefined,
  };
}

/**
 * Rejects ingresses on the same port of the proxy whose requests could not be distinguished; throws
 * `caller-unusable`.
 */
export function refuseSharedIngress(slice: readonly ReachableService[], model: ComposeModel): void {
  const ingresses = slice.flatMap(({ service, port, ingress }) =>
    ingress ? [{ service, port, ingress }] : [],
  );
  for (const { service, port } of ingresses) {
    if (port !== undefined) continue;
    throw new CanaryError('port-unknown', `Where \`${service}\` listens is not known.`, {
      hint: `Say it: \`${service}: { port: 8080, … }\`; its callers reach the proxy on the same port.`,
    });
  }
  const isAskedByEdge = ({ kind, callers }: Ingress) =>
    kind === 'behind' || callers.some((caller) => edgeKind(model.services[caller] ?? {}));
  const called = ingresses.filter(({ ingress }) => ingress.kind !== 'labels');
  for (const { service, port } of called.filter(({ ingress }) => isAskedByEdge(ingress))) {
    const other = called.find((each) => each.port === port && each.service !== service);
    if (!other) continue;
    // The Host names that users send reach the proxy through the edge: they must never choose the
    // service.
    throw new CanaryError(
      'caller-unusable',
      `\`${service}\` and \`${other.service}\` both listen on port ${port}, and another proxy calls \`${service}\`.`,
      {
        hint: 'That proxy may pass on any Host, so nothing tells the two apart. Let one of them listen on another port.',
      },
    );
  }
}

/**
 * The port in the proxy's container for a published port: the same number, unless callers use that
 * number by name.
 */
export function arrivalPort(slice: readonly ReachableService[], published: number): number {
  const taken = new Set(calledPorts(slice));
  for (const port of publishedPorts(slice)) {
    const arrival = freeFrom(port, taken);
    if (port === published) return arrival;
    taken.add(arrival);
  }
  return published;
}

/** The port in the proxy's container for users of a service that a router finds by its labels. */
export function routedPort(
  slice: readonly ReachableService[],
  service: string,
): number | undefined {
  const taken = fixedPorts(slice);
  for (const { service: each, port = 8080, ingress } of slice) {
    if (ingress?.kind !== 'labels') continue;
    const arrival = freeFrom(port, taken);
    if (each === service) return arrival;
    taken.add(arrival);
  }
  return undefined;
}

/**
 * The port in the proxy's container for a port that is published in addition to those of the slice.
 */
export function spareArrivalPort(slice: readonly ReachableService[], published: number): number {
  const routed = slice.flatMap(({ service }) => routedPort(slice, service) ?? []);
  return freeFrom(published, new Set([...fixedPorts(slice), ...routed]));
}

/** The ports of services that are called by name: callers use the same port at the proxy. */
function calledPorts(slice: readonly ReachableService[]): number[] {
  return slice.flatMap(({ ingress, port }) =>
    ingress && ingress.kind !== 'labels' && port ? [port] : [],
  );
}

function fixedPorts(slice: readonly ReachableService[]): Set<number> {
  const arrivals = publishedPorts(slice).map((port) => arrivalPort(slice, port));
  return new Set([...calledPorts(slice), ...arrivals]);
}

/** The ports of the host that the proxy publishes. */
export function publishedPorts(slice: readonly ReachableService[]): number[] {
  const ports = slice.flatMap(({ entry, ingress }) => [
    entry?.port,
    entry?.preview,
    ingress?.preview,
  ]);
  return ports.filter((port) => port !== undefined);
}

/** Whether the proxy has the `VIRTUAL_HOST` of a service; the stable must not have it then. */
export function isFoundByHost(slice: readonly ReachableService[], service: string): boolean {
  return slice.some(
    (each) => each.service === service && each.ingress?.router?.kind === 'nginx-proxy',
  );
}

/** The links that callers need, by caller. */
export function callerLinks(slice: readonly ReachableService[]): Map<string, string[]> {
  const links = new Map<string, string[]>();
  for (const { ingress } of slice) {
    for (const caller of ingress?.callers ?? []) {
      const own = ingress?.names.map((name) => `${PROXY_SERVICE}:${name}`) ?? [];
      links.set(caller, [...(links.get(caller) ?? []), ...own]);
    }
  }
  return links;
}

function knownCallers(model: ComposeModel, calls: readonly Call[], name: string): string[] {
  const callers = calls.filter((call) => call.to === name).map((call) => call.from);
  return [...new Set(callers)].filter((caller) => !obstacle(model, caller, name));
}

function refuseCaller(model: ComposeModel, caller: string, name: string): void {
  if (!model.services[caller]) {
    throw new CanaryError(
      'service-unknown',
      `There is no service \`${caller}\`, which should call \`${name}\`.`,
      {
        hint: `The compose file has: ${Object.keys(model.services).sort().join(', ')}.`,
      },
    );
  }
  const reason = caller === name ? 'it is the same service' : obstacle(model, caller, name);
  if (!reason) return;
  throw new CanaryError(
    'caller-unusable',
    ended(`\`${caller}\` cannot be led to the proxy when it calls \`${name}\`: ${reason}`),
    {
      hint: 'Take it out of the callers in canary.yaml.',
    },
  );
}

function obstacle(model: ComposeModel, caller: string, name: string): string | undefined {
  const service = model.services[caller];
  const reason = service && statefulReason(service, model);
  // To redirect it, it would have to be recreated.
  if (reason) return `it keeps data (${reason})`;
  const mode = service?.network_mode;
  if (mode && mode !== 'bridge') return `it uses \`network_mode: ${mode}\``;
  const shared = networkNames(model.services[name]);
  return networkNames(service).some((network) => shared.includes(network))
    ? undefined
    : 'they share no network';
}

function freeFrom(wanted: number, taken: ReadonlySet<number>): number {
  let port = wanted;
  while (taken.has(port)) port = (port % 65_535) + 1;
  return port;
}
