/**
 * What plain Compose may see of a project is not what canary's own Compose must see. A guise is one way to change what
 * passes between Compose and the engine; `system/docker/door` applies it. Decision 0034 says why.
 */
export interface Guise {
  /** A container as this Compose sees it; `undefined` if it does not see it. */
  seen(container: Named): Named | undefined;
  /** The request for a new container, as the engine gets it. */
  made(request: ContainerRequest): ContainerRequest;
  /** The new name of a container, as the engine gets it. */
  renamed(container: Named, name: string): string;
  /** How a container joins a network, as the engine gets it. */
  joined(endpoint: NetworkEndpoint): NetworkEndpoint;
  /** Whether files that Compose copies into a container, such as secrets from the environment, do not get there. */
  withoutFiles?: boolean;
}

/** A container's name, without the engine's slash, and its labels. */
export interface Named {
  name: string;
  labels: Labels;
}

/** A name without what a guise put at its end. */
export function withoutSuffix(name: string, suffix: string): string {
  return name.endsWith(suffix) ? name.slice(0, -suffix.length) : name;
}

export type Labels = Readonly<Record<string, string>>;

export interface ContainerRequest {
  name: string;
  body: ContainerBody;
}

/** The fields of the engine's `POST /containers/create` that a guise knows; others pass as they are. */
export interface ContainerBody {
  Labels?: Labels;
  HostConfig?: HostConfig;
  NetworkingConfig?: { EndpointsConfig?: Readonly<Record<string, NetworkEndpoint>> | null };
  [other: string]: unknown;
}

export interface HostConfig {
  NetworkMode?: string;
  Binds?: readonly string[] | null;
  Mounts?: readonly { Type: string; Source?: string }[] | null;
  [other: string]: unknown;
}

export type NetworkEndpoint = Readonly<Record<string, unknown>>;

/** The labels by which Compose knows its containers, as far as a guise changes them. */
export const COMPOSE_LABEL = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  oneOff: 'com.docker.compose.oneoff',
  number: 'com.docker.compose.container-number',
  /** Compose lists only containers that have it. */
  hash: 'com.docker.compose.config-hash',
} as const;
