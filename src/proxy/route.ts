import { PLAIN, serverOptions, type Transport, wireOptions } from './transport.ts';

/**
 * Lets the stable answer failed requests of the canary; `maxShare`: at most this percentage of the
 * canary's requests.
 */
export interface Shield {
  maxShare: number;
  /** Path prefixes it applies to; every path if empty. */
  paths: readonly string[];
}

/** Takes the canary out after this many failures in a row. */
export interface Breaker {
  failures: number;
  /** Path prefixes whose failures count; every path if empty. */
  paths: readonly string[];
}

/** Ports of the proxy itself, and the protection of the users who come there. */
export interface Entry {
  port: number;
  /** The host port that users know, if they connect to the proxy itself. */
  published?: number | undefined;
  preview: number | undefined;
  shield: Shield | false;
  breaker: Breaker | false;
  /** Plain HTTP by default. */
  transport?: Transport;
  /**
   * What connects here: users, users through another proxy of the stack, or only calls from other
   * services.
   */
  from?: 'users' | 'edge' | 'services';
}

/** One service as the proxy sees it. */
export interface Route {
  service: string;
  clone: string;
  port: number;
  /** Absent if a service is only checked. */
  entry?: Entry;
  /**
   * The service that is a fresh clone of the stable and gets as many users as the canary; absent if
   * there is no baseline.
   */
  baseline?: string | undefined;
  /**
   * The names by which other services call it, on its own port; absent if their calls go to its
   * stable.
   */
  hops?: readonly string[];
}

/**
 * How many replicas of a side the proxy can know; each has a server that is empty until DNS names
 * it.
 */
export const MOST_REPLICAS = 20;

/**
 * Requests on one connection inside the proxy: few enough that a new container gets its share
 * within seconds.
 */
const MOST_REUSE = 20;

/**
 * The canary as a whole: its users' requests go through this server, whichever replica responds.
 */
export const CANARY_SERVER = 'canary';
/** The same for requests whose failures the breaker does not count. */
export const UNWATCHED_SERVER = 'unwatched';
/** The fresh clone of the stable, beside the stable's own containers. */
export const BASELINE_SERVER = 'baseline';
/** The stable when all of its other servers are out. */
export const PATIENT_SERVER = 'patient';
/** The names of the replicas' servers, before their number. */
export const STABLE_REPLICA = 'stable';
const CANARY_REPLICA = 'replica';

// No service can have these names.
export const entryName = (service: string) => `${service}:entry`;
export const previewName = (service: string) => `${service}:preview`;
/** The backend for users on the canary. */
export const guardedName = (service: string) => `${service}:canary`;
/** The canary for its preview; not counted. */
export const aloneName = (service: string) => `${service}:alone`;
/** Where hashed assets are asked for that only the other side has served; not counted. */
export const canaryAssetsName = (service: string) => `${service}:canary-assets`;
export const stableAssetsName = (service: string) => `${service}:stable-assets`;
/** The servers of the stable that pass their checks; only counted. */
export const aliveName = (service: string) => `${service}:alive`;
/** The containers of the canary while the stable has none, whatever their checks say. */
export const withoutStableName = (service: string) => `${service}:without-stable`;
/** The containers of the canary: a backend, and the socket by which the proxy itself reaches it. */
export const replicasName = (service: string) => `${service}:replicas`;

/** The protocol settings for the containers of a route. */
export function transportOf({ entry }: Route): Transport {
  return entry?.transport ?? PLAIN;
}

/** The servers for the containers of the stable. */
export function stableReplicas(route: Route, role = '', weight = 1): string[] {
  const { service, port } = route;
  // Three failed connections in a row take it out immediately, until its next check.
  const watch = 'observe layer4 error-limit 3 on-error mark-down';
  const options = `${serverOptions(transportOf(route))}${role && ` ${role}`}`;
  const place = `${service}:${port} weight ${weight} ${watch}${options}`;
  return [
    // Also looked up at the start, so that a starting proxy has a server immediately.
    `server ${STABLE_REPLICA}1 ${place} init-addr last,libc,none`,
    `server-template ${STABLE_REPLICA} 2-${MOST_REPLICAS} ${place}`,
  ];
}

/** The servers for the containers of the canary; `speak`: their protocol options. */
export function canaryReplicas(route: Route, options: string, speak = serverOptions): string {
  const { clone, port } = route;
  const place = `${clone}:${port}${speak(transportOf(route))} weight 1 ${options}`;
  return `server-template ${CANARY_REPLICA} 1-${MOST_REPLICAS} ${place}`.trim();
}

/**
 * The canary as one server, through the proxy itself: a single server to choose, to count and to
 * take out.
 */
export function wholeCanary(
  route: Route,
  options: string,
  name = CANARY_SERVER,
  weight = 0,
): string {
  const transport = transportOf(route);
  // HTTP/2 calls would share a connection, and so a container: use a connection for one call only.
  const reuse = transport.protocol === 'http2' ? 0 : MOST_REUSE;
  const wire = `${wireOptions(transport)} max-reuse ${reuse} pool-purge-delay 2s`;
  return `server ${name} ${socketAddress(route.service)}${wire} weight ${weight} ${options}`;
}

/** The socket by which the proxy itself reaches the canary. */
export function socketAddress(service: string): string {
  return `abns@${replicasName(service)}:bytes`;
}
