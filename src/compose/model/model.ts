import type { Role } from '../../config/values/role.ts';

/**
 * The part of Compose's own resolved model (`docker compose config --format json`) that canary
 * reads. It contains interpolated values, including secrets: it stays in memory and is never
 * written anywhere.
 */
export interface ComposeModel {
  name: string;
  services: Readonly<Record<string, ComposeService>>;
  networks?: Readonly<Record<string, unknown>>;
  volumes?: Readonly<Record<string, unknown>>;
  configs?: Readonly<Record<string, ComposeFile>>;
  secrets?: Readonly<Record<string, ComposeFile>>;
  /** Not Compose's: what the operator says of services, whatever their definitions look like. */
  said?: Said;
}

/** What an operator says of services, by name. */
export interface Said {
  roles: Readonly<Record<string, Role>>;
  /** The published port through which users come. */
  entries?: Readonly<Record<string, number>>;
}

/** A top-level config or secret. */
export interface ComposeFile {
  file?: string;
  content?: string;
  /** The variable that contains it. */
  environment?: string;
  external?: boolean;
  name?: string;
}

/** A command of a service's life (Compose Specification, "post_start"). */
export interface ComposeHook {
  command: readonly string[];
  user?: string;
  privileged?: boolean;
  working_dir?: string;
  environment?: Readonly<Record<string, string | null>>;
}

export interface ComposeService {
  image?: string;
  /** When Compose pulls the image: `always`, `missing`, `never`, `build` or a period. */
  pull_policy?: string;
  build?: ComposeBuild;
  command?: readonly string[] | null;
  entrypoint?: readonly string[] | null;
  container_name?: string;
  hostname?: string;
  mac_address?: string;
  /** Namespaces: `service:NAME`, `container:NAME`, `host` and others. */
  network_mode?: string;
  pid?: string;
  ipc?: string;
  restart?: string;
  labels?: Readonly<Record<string, string>>;
  environment?: Readonly<Record<string, string | null>>;
  depends_on?: Readonly<Record<string, { condition: string; required?: boolean }>>;
  links?: readonly string[];
  networks?: Readonly<Record<string, ComposeNetwork | null>>;
  ports?: readonly ComposePort[];
  expose?: readonly string[];
  volumes?: readonly ComposeVolume[];
  /** `SERVICE` or `container:NAME`, with `:ro` if read-only. */
  volumes_from?: readonly string[];
  devices?: readonly { source: string }[];
  provider?: { type?: string };
  develop?: unknown;
  /** Commands that Compose runs in a container after it started it, and before it stops it; the engine does not know them. */
  post_start?: readonly ComposeHook[];
  pre_stop?: readonly ComposeHook[];
  configs?: readonly ComposeFileUse[];
  secrets?: readonly ComposeFileUse[];
  healthcheck?: { test?: readonly string[]; disable?: boolean };
  scale?: number;
  deploy?: {
    replicas?: number;
    resources?: {
      limits?: Readonly<Record<string, unknown>>;
      reservations?: { devices?: readonly unknown[] };
    };
  };
  privileged?: boolean;
}

interface ComposeBuild {
  context?: string;
  dockerfile?: string;
  /** Images that other services build are given as `service:NAME`. */
  additional_contexts?: Readonly<Record<string, string>>;
  cache_to?: readonly string[];
}

/** How a service is attached to a network. */
export interface ComposeNetwork {
  aliases?: readonly string[];
  ipv4_address?: string;
  ipv6_address?: string;
  link_local_ips?: readonly string[];
  mac_address?: string;
}

/** A config or secret as a service mounts it. */
interface ComposeFileUse {
  source: string;
  target?: string;
}

export interface ComposePort {
  target: number;
  /** A number or a range as text; absent when Docker picks one. */
  published?: string;
  host_ip?: string;
  protocol?: string;
  mode?: string;
  name?: string;
  app_protocol?: string;
}

export interface ComposeVolume {
  type: string;
  source?: string;
  target: string;
  read_only?: boolean;
}

/** The port a service listens on inside its container, if its definition states it. */
export function listeningPort(service: ComposeService): number | undefined {
  const tcp = (service.ports ?? []).filter((port) => (port.protocol ?? 'tcp') === 'tcp');
  const first = tcp[0]?.target ?? Number.parseInt(service.expose?.[0] ?? '', 10);
  return Number.isInteger(first) ? first : undefined;
}

/** The port that a service publishes as `hostPort`, if any. */
export function publishedPort(service: ComposeService, hostPort: number): ComposePort | undefined {
  return service.ports?.find(
    (port) => port.published === String(hostPort) && (port.protocol ?? 'tcp') === 'tcp',
  );
}

/** The other ports of a service, such as the same number over UDP. */
export function otherPorts(service: ComposeService, hostPort: number | undefined): ComposePort[] {
  return (service.ports ?? []).filter(
    (port) => port.published !== String(hostPort) || (port.protocol ?? 'tcp') !== 'tcp',
  );
}

/** How many containers Compose starts for a service. */
export function replicasOf({ scale, deploy }: ComposeService): number {
  return scale ?? deploy?.replicas ?? 1;
}

/** The image name Compose gives to a service: its own, or `<project>-<service>` for a built one. */
export function imageName(project: string, name: string, service: ComposeService): string {
  return service.image ?? `${project}-${name}`;
}

/** The host ports that a service publishes over TCP. */
export function hostPorts(service: ComposeService): number[] {
  return (service.ports ?? [])
    .filter((port) => (port.protocol ?? 'tcp') === 'tcp')
    .map((port) => Number(port.published))
    .filter((port) => Number.isInteger(port) && port > 0);
}
