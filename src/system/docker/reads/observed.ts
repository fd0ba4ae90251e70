import { COMPOSE_LABEL, type Labels } from '../../../compose/disguise/guise.ts';
import { isHidden, isKept } from '../../../compose/disguise/hidden.ts';
import { STAND_IN_SUFFIX } from '../../../compose/disguise/stand-in.ts';
import type { ImageSettings } from '../../../compose/images/settings.ts';
import {
  baselineName,
  cloneName,
  handOverNetwork,
  LABEL,
  migrationName,
  oldCodeName,
  PROXY_SERVICE,
  rehearsalName,
} from '../../../compose/model/names.ts';
import type { ObservedContainer } from '../../../rollout/observed.ts';

/** A container as the engine tells of it, by its API and by `docker inspect` alike. */
export interface InspectedContainer {
  Id: string;
  Name: string;
  Image: string;
  RestartCount: number;
  State: {
    Status: string;
    StartedAt: string;
    ExitCode: number;
    OOMKilled?: boolean;
    Health?: { Status: string };
  };
  Config: { Image: string; Labels: Record<string, string>; Env: string[] | null };
  HostConfig: { PortBindings: Record<string, { HostPort: string }[] | null> | null };
  Mounts: { Type: string; Name?: string }[];
  NetworkSettings: {
    Networks: Record<
      string,
      { IPAddress: string; GlobalIPv6Address: string; Links: string[] | null }
    >;
  };
}

export interface InspectedImage {
  Id: string;
  RepoTags: string[] | null;
  RepoDigests: string[] | null;
  Config: ImageSettings;
  Os: string;
  Architecture: string;
  Variant?: string;
}

/** What canary sees of the containers that the engine found: without one-off runs, by name. */
export function observed(found: readonly InspectedContainer[]): ObservedContainer[] {
  return told(found.filter((each) => isKept(each.Config.Labels)).map(observe)).sort(byName);
}

/**
 * What canary added the container as. Images have labels too, and whoever builds one may write ours in it: Compose alone
 * says of which service a container is, and canary's have names of their own.
 */
function roleOf(name: string, labels: Labels): (typeof ROLES)[number] | undefined {
  const role = ROLES.find((each) => each === labels[LABEL.role]);
  const isProven = {
    canary: isAddedFor(labels),
    baseline: isAddedFor(labels),
    proxy: labels[COMPOSE_LABEL.service] === PROXY_SERVICE,
    'stand-in': name.endsWith(STAND_IN_SUFFIX),
  };
  return role && isProven[role] ? role : undefined;
}

/** Whether a service of canary's is for the one in its label. */
function isAddedFor(labels: Labels): boolean {
  const added = ADDED.map((nameFor) => nameFor(labels[LABEL.service] ?? ''));
  return added.includes(labels[COMPOSE_LABEL.service] ?? '');
}

const ADDED = [cloneName, baselineName, migrationName, rehearsalName, oldCodeName];

const ROLES = ['canary', 'baseline', 'proxy', 'stand-in'] as const;

function observe(container: InspectedContainer): ObservedContainer {
  const labels = container.Config.Labels;
  const name = container.Name.replace(/^\//, '');
  const role = roleOf(name, labels);
  const health = container.State.Health?.Status;
  return {
    id: container.Id,
    name,
    service: (isAddedFor(labels) ? labels[LABEL.service] : labels[COMPOSE_LABEL.service]) ?? '',
    role: role ?? 'stable',
    isHidden: isHidden(labels),
    state: container.State.Status,
    health:
      health === 'healthy' || health === 'unhealthy' || health === 'starting' ? health : 'none',
    imageId: container.Image,
    image: container.Config.Image,
    startedAt: container.State.StartedAt,
    exitCode: container.State.ExitCode,
    ...(container.State.OOMKilled && { outOfMemory: true }),
    restartCount: container.RestartCount,
    publishedPorts: publishedPorts(container.HostConfig.PortBindings),
    addresses: Object.values(container.NetworkSettings.Networks)
      .flatMap((network) => [network.IPAddress, network.GlobalIPv6Address])
      .filter(Boolean),
    hasAnonymousVolume: container.Mounts.some(
      (mount) => mount.Type === 'volume' && /^[0-9a-f]{64}$/.test(mount.Name ?? ''),
    ),
    proxyLinks: linksOf(container),
    ...(container.Config.Env?.some((each) => /^VIRTUAL_HOST=./.test(each)) && { hasHost: true }),
    commit: role && labels[LABEL.commit],
    release: role && labels[LABEL.release],
    definition: role && labels[LABEL.definition],
    ...(role === 'proxy' && isUnpublished(container) && { isUnpublished: true }),
    ...(labels[LABEL.hash] && { configHash: labels[LABEL.hash] }),
  };
}

/** What plain Compose could not start beside hidden containers is no stable. */
function told(containers: readonly ObservedContainer[]): ObservedContainer[] {
  const hidden = new Set(containers.filter((each) => each.isHidden).map(({ service }) => service));
  return containers.map((each) => {
    const isStray = each.state === 'created' && !each.isHidden && hidden.has(each.service);
    return isStray && each.role === 'stable' ? { ...each, role: 'stray' } : each;
  });
}

/** The host ports over TCP: a number can be published over UDP, too, for HTTP/3. */
function publishedPorts(bindings: InspectedContainer['HostConfig']['PortBindings']): number[] {
  return Object.entries(bindings ?? {})
    .filter(([port]) => !port.endsWith('/udp'))
    .flatMap(([, hosts]) => (hosts ?? []).map(({ HostPort }) => Number(HostPort)))
    .filter((port) => port > 0);
}

/** Whether a container is on no network but the one of a hand-over, on which nothing is published. */
function isUnpublished({ Config, NetworkSettings }: InspectedContainer): boolean {
  const project = Config.Labels['com.docker.compose.project'] ?? '';
  const networks = Object.keys(NetworkSettings.Networks);
  return networks.every((each) => each === handOverNetwork(project));
}

/** Each link once, however many networks the container is on. */
function linksOf({ NetworkSettings: { Networks } }: InspectedContainer): string[] {
  const links = Object.values(Networks).flatMap((network) => network.Links ?? []);
  return [...new Set(links)].filter((link) => link.startsWith(`${PROXY_SERVICE}:`)).sort();
}

function byName(left: ObservedContainer, right: ObservedContainer): number {
  return left.name < right.name ? -1 : 1;
}
