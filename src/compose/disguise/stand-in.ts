import { LABEL } from '../model/names.ts';
import {
  COMPOSE_LABEL,
  type ContainerBody,
  type Guise,
  type HostConfig,
  type Labels,
  withoutSuffix,
} from './guise.ts';

/** A stand-in has a higher number than any stable: `docker compose exec` means the lowest. */
const NUMBERS_FROM = 1000;
export const STAND_IN_SUFFIX = '-stand-in';
const SECOND = 1_000_000_000;

const WORDS =
  'canary is in front of this service. `canary compose logs` shows the logs of stable and canary; `canary down` takes canary away.';

/** What stands in for hidden services. */
export interface StandIns {
  /** By service, a digest of its definition in the user's files. */
  definitions: Readonly<Record<string, string>>;
  /** The proxy's image, which is on this machine anyway. */
  image: string;
}

export function isStandIn(labels: Labels): boolean {
  return labels[LABEL.role] === 'stand-in';
}

/**
 * The guise under which Compose makes stand-ins: for each container that the user's files ask for, one that does
 * nothing, with the labels, networks and named volumes by which plain Compose recognizes its own. So plain
 * `docker compose up -d` changes nothing, and what it starts after a change fails at the port, which the proxy holds.
 */
export function standingIn({ definitions, image }: StandIns): Guise {
  return {
    seen({ name, labels }) {
      const service = labels[COMPOSE_LABEL.service] ?? '';
      if (isStandIn(labels)) return { name: withoutSuffix(name, STAND_IN_SUFFIX), labels };
      return Object.hasOwn(definitions, service) ? undefined : { name, labels };
    },
    made({ name, body }) {
      const definition = definitions[body.Labels?.[COMPOSE_LABEL.service] ?? ''];
      return definition === undefined
        ? { name, body }
        : { name: `${name}${STAND_IN_SUFFIX}`, body: standIn(body, definition, image) };
    },
    renamed: ({ labels }, name) => (isStandIn(labels) ? `${name}${STAND_IN_SUFFIX}` : name),
    // No name in the network: callers must never reach it.
    joined: () => ({}),
    // What does nothing needs no secrets, and its file system could not take them.
    withoutFiles: true,
  };
}

/** Only what Compose compares is kept; no environment, port, device or path of the service. */
function standIn(body: ContainerBody, definition: string, image: string): ContainerBody {
  const { HostConfig: host = {}, NetworkingConfig: networking } = body;
  const networks = Object.keys(networking?.EndpointsConfig ?? {});
  return {
    Image: image,
    Entrypoint: ['sh', '-c', 'echo "$0"; exec sleep infinity', WORDS],
    Cmd: [],
    User: '65534:65534',
    StopSignal: 'SIGKILL',
    // Services that wait until this one is healthy must not wait for ever.
    Healthcheck: { Test: ['CMD', 'true'], Interval: 10 * SECOND },
    Labels: standInLabels(body.Labels ?? {}, definition),
    HostConfig: {
      NetworkMode: host.NetworkMode ?? 'default',
      Mounts: namedVolumes(host).map((source, index) => ({
        Type: 'volume',
        Source: source,
        Target: `/canary/${index}`,
        ReadOnly: true,
        VolumeOptions: { NoCopy: true },
      })),
      RestartPolicy: { Name: 'unless-stopped' },
      ReadonlyRootfs: true,
      CapDrop: ['ALL'],
      SecurityOpt: ['no-new-privileges'],
      Init: true,
    },
    ...(networking
      ? { NetworkingConfig: { EndpointsConfig: Object.fromEntries(networks.map((n) => [n, {}])) } }
      : {}),
  };
}

/** Compose's own labels, and none by which routers or updaters would take it for the service. */
function standInLabels(labels: Labels, definition: string): Labels {
  const own = Object.entries(labels).filter(([key]) => key.startsWith('com.docker.compose.'));
  return {
    ...Object.fromEntries(own),
    [COMPOSE_LABEL.number]: String(
      NUMBERS_FROM + (Number(labels[COMPOSE_LABEL.number]) % NUMBERS_FROM),
    ),
    'traefik.enable': 'false',
    'com.centurylinklabs.watchtower.enable': 'false',
    [LABEL.role]: 'stand-in',
    [LABEL.definition]: definition,
  };
}

/** Names of volumes, from both forms in which Compose asks for mounts: `NAME:/target:rw` and objects. */
function namedVolumes({ Binds, Mounts }: HostConfig): string[] {
  const bound = (Binds ?? []).map((bind) => bind.split(':')[0] ?? '');
  const mounted = (Mounts ?? []).flatMap(({ Type, Source }) =>
    Type === 'volume' && Source ? [Source] : [],
  );
  return [...new Set([...bound.filter((source) => /^[^/]+$/.test(source)), ...mounted])];
}
