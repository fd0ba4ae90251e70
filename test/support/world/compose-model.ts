import type { ContainerBody } from '../../../src/compose/disguise/guise.ts';
import type { Container, Program, SimulatedEngine, WantedEndpoint } from './engine.ts';

/** A service in what `docker compose config` prints, as far as the simulation reads it. */
export interface ServiceModel {
  image?: string;
  build?: { context: string };
  container_name?: string;
  environment?: Record<string, string | null>;
  labels?: Record<string, string>;
  ports?: { target: number; published?: string; host_ip?: string; protocol?: string }[];
  networks?: Record<string, { aliases?: string[] } | null>;
  links?: string[];
  external_links?: string[];
  volumes?: { type: string; source?: string; target: string }[];
  depends_on?: Record<string, unknown>;
  healthcheck?: { disable?: boolean };
  restart?: string;
  scale?: number;
  deploy?: { replicas?: number };
}

export interface Model {
  name: string;
  services: Record<string, ServiceModel>;
  networks?: Record<string, { name: string; internal?: boolean }>;
  volumes?: Record<string, { name: string }>;
}

/** What Compose asks the engine to make for a service. */
export interface Request {
  name: string;
  body: ContainerBody;
}

/** What an image is called whose service does not say it. */
export function imageOf(model: Model, service: string): string {
  return model.services[service]?.image ?? `${model.name}-${service}`;
}

export function replicas({ scale, deploy }: ServiceModel): number {
  return scale ?? deploy?.replicas ?? 1;
}

/** Compose's request for a container; a guise may still change it. */
export function requestFor(
  model: Model,
  service: string,
  {
    number,
    hash,
    name,
    alias,
    oneOff = false,
  }: {
    number: number;
    hash: string;
    name: string;
    /** The name that it has in the end, by which others find it too. */
    alias?: string;
    oneOff?: boolean;
  },
  engine: SimulatedEngine,
): Request {
  const definition = model.services[service] as ServiceModel;
  const endpoints = Object.entries(definition.networks ?? { default: null }).map(
    ([key, settings]): [string, WantedEndpoint] => [
      model.networks?.[key]?.name ?? `${model.name}_${key}`,
      {
        Aliases: [
          ...(alias ? [alias] : []),
          ...(oneOff ? [] : [service]),
          ...(settings?.aliases ?? []),
        ],
        Links: linksOf(model, definition, engine),
      },
    ],
  );
  const labels = {
    ...definition.labels,
    'com.docker.compose.project': model.name,
    'com.docker.compose.service': service,
    'com.docker.compose.oneoff': oneOff ? 'True' : 'False',
    'com.docker.compose.container-number': String(number),
    'com.docker.compose.config-hash': hash,
    'com.docker.compose.image': engine.imageNamed(imageOf(model, service))?.id ?? '',
  };
  const volumes = definition.volumes ?? [];
  return {
    name,
    body: {
      Image: imageOf(model, service),
      Labels: labels,
      HostConfig: {
        Binds: volumes.map(({ type, source = '', target }) => {
          const named = model.volumes?.[source]?.name ?? source;
          return `${type === 'volume' ? named : source}:${target}`;
        }),
        RestartPolicy: { Name: definition.restart ?? 'no' },
        PortBindings: oneOff ? {} : portsOf(definition),
      },
      Env: Object.entries(definition.environment ?? {}).map(([key, value]) => `${key}=${value}`),
      Healthcheck: definition.healthcheck,
      NetworkingConfig: { EndpointsConfig: Object.fromEntries(endpoints) },
    },
  };
}

function linksOf(
  model: Model,
  { links = [], external_links = [] }: ServiceModel,
  engine: SimulatedEngine,
): string[] {
  const inner = links.flatMap((each) => {
    const [service = '', alias = service] = each.split(':');
    return [...engine.containers.values()]
      .filter(
        ({ labels }) =>
          labels['com.docker.compose.project'] === model.name &&
          labels['com.docker.compose.service'] === service,
      )
      .slice(0, 1)
      .map(({ name }) => `${name}:${alias}`);
  });
  return [...inner, ...external_links];
}

function portsOf({ ports = [] }: ServiceModel): Container['ports'] {
  return Object.fromEntries(
    ports.map(({ target, published = '', host_ip = '', protocol = 'tcp' }) => [
      `${target}/${protocol}`,
      [{ HostIp: host_ip, HostPort: published }],
    ]),
  );
}

/** Does nothing, and listens nowhere. */
const IDLE: Program = { version: 'idle', bootsIn: 0, port: 0 };

/** Makes a container of a request, and connects it to its networks. */
export function make(engine: SimulatedEngine, { name, body }: Request): Container {
  const host = (body.HostConfig ?? {}) as unknown as {
    Binds?: string[];
    Mounts?: { Source: string; Target: string }[];
    RestartPolicy?: { Name: string };
    PortBindings?: Container['ports'];
  };
  const mounted = (host.Mounts ?? []).map(({ Source, Target }) => `${Source}:${Target}`);
  const pairs = [...(host.Binds ?? []), ...mounted].map((each) => each.split(':'));
  const isPath = ([source = '']: string[]) => source.startsWith('/');
  const container = engine.create({
    name,
    image: String(body.Image),
    labels: { ...body.Labels },
    env: (body.Env as string[]) ?? [],
    ports: host.PortBindings ?? {},
    restarts: !['no', undefined].includes(host.RestartPolicy?.Name),
    hasHealthCheck: Boolean(body.Healthcheck),
    ...(body.Entrypoint ? { runs: IDLE } : {}),
    volumes: pairs.filter((pair) => !isPath(pair)).map(([source = '']) => source),
    binds: Object.fromEntries(
      pairs.filter(isPath).map(([source = '', target = '']) => [target, source]),
    ),
  });
  for (const volume of container.volumes)
    if (!engine.volumes.has(volume)) engine.volumes.set(volume, {});
  const endpoints = body.NetworkingConfig?.EndpointsConfig ?? {};
  for (const [network, endpoint] of Object.entries(endpoints))
    engine.connect(container, network, endpoint as WantedEndpoint);
  return container;
}
