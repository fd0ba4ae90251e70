import { PLAIN, serverOptions, type Transport, wireOptions } from './transport.ts';

/** Answers failed requests of the canary by the stable; `maxShare` of the canary's requests in percent at most. */
export interface Shield {
  maxShare: number;
  /** Beginnings of the paths it is for; every path when there are none. */
  paths: readonly string[];
}

/** Takes the canary out after so many failures in a row. */
export interface Breaker {
  failures: number;
  /** Beginnings of the paths whose failures count; every path when there are none. */
  paths: readonly string[];
}

/** Ports of the proxy itself, and what protects those who come there. */
export interface Entry {
  port: number;
  /** The port of the host by which users know it, where they come to the proxy itself. */
  published?: number | undefined;
  preview: number | undefined;
  shield: Shield | false;
  breaker: Breaker | false;
  /** Plain HTTP when left out. */
  transport?: Transport;
  /** Who comes: users, users through another proxy of the stack, or only calls of other services. */
  from?: 'users' | 'edge' | 'services';
}

/** One service as the proxy sees it. */
export interface Route {
  service: string;
  clone: string;
  port: number;
  /** Absent where a service is only checked. */
  entry?: Entry;
  /** The service that is a fresh clone of the stable, which has as many users as the canary; absent where nobody wants it. */
  baseline?: string | undefined;
  /** What other services call it by, on its own port; absent where they reach its stable. */
  hops?: readonly string[];
}

/** Replicas of a side that the proxy can know; each has a place that is empty until DNS names it. */
const MOST_REPLICAS = 20;

/** Requests on one connection inside the proxy: few enough that a container which comes gets its share in seconds. */
const MOST_REUSE = 20;

/** The canary as a whole: what its users' requests go through, whichever replica answers. */
export const CANARY_SERVER = 'canary';
/** The same for requests whose failures the breaker does not count. */
export const UNWATCHED_SERVER = 'unwatched';
/** The fresh clone of the stable, beside the stable's own containers. */
export const BASELINE_SERVER = 'baseline';
/** What the servers of replicas are called, before their number. */
export const STABLE_REPLICA = 'stable';
const CANARY_REPLICA = 'replica';

// No service can be called like these.
export const entryName = (service: string) => `${service}:entry`;
export const previewName = (service: string) => `${service}:preview`;
/** The backend of the users who are on the canary. */
export const guardedName = (service: string) => `${service}:canary`;
/** The canary for its preview, counted by nobody. */
export const aloneName = (service: string) => `${service}:alone`;
/** The containers of the canary: a backend, and where the proxy itself asks for it. */
export const replicasName = (service: string) => `${service}:replicas`;

/** What is spoken with the containers of a route. */
export function transportOf({ entry }: Route): Transport {
  return entry?.transport ?? PLAIN;
}

/** The places for the containers of the stable. */
export function stableReplicas(route: Route, role = ''): string[] {
  const { service, port } = route;
  // Three failed connections and no other between: out at once, until its next check.
  const watch = 'observe layer4 error-limit 3 on-error mark-down';
  const options = `${serverOptions(transportOf(route))}${role && ` ${role}`}`;
  const place = `${service}:${port} weight 1 ${watch}${options}`;
  return [
    // Looked up at the start too, so that a proxy that starts has somebody to ask at once.
    `server ${STABLE_REPLICA}1 ${place} init-addr last,libc,none`,
    `server-template ${STABLE_REPLICA} 2-${MOST_REPLICAS} ${place}`,
  ];
}

/** The places for the containers of the canary; `speak`: how they are talked to. */
export function canaryReplicas(route: Route, options: string, speak = serverOptions): string {
  const { clone, port } = route;
  const place = `${clone}:${port}${speak(transportOf(route))} weight 1 ${options}`;
  return `server-template ${CANARY_REPLICA} 1-${MOST_REPLICAS} ${place}`.trim();
}

/** The canary as one server, through the proxy itself: one to choose, to count and to take out. */
export function wholeCanary(route: Route, options: string, name = CANARY_SERVER): string {
  const transport = transportOf(route);
  // Calls of HTTP/2 share a connection, and with it a container: one call each.
  const reuse = transport.protocol === 'http2' ? 0 : MOST_REUSE;
  const wire = `${wireOptions(transport)} max-reuse ${reuse} pool-purge-delay 2s`;
  return `server ${name} ${socketAddress(route.service)}${wire} weight 0 ${options}`;
}

/** Where the proxy itself asks for the canary. */
export function socketAddress(service: string): string {
  return `abns@${replicasName(service)}:bytes`;
}
