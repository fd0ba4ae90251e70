import { createHash } from 'node:crypto';
import { simulatedHost } from '../../../src/system/host.ts';
import type { Timeline } from './timeline.ts';

/** How the program in an image behaves. */
export interface Program {
  /** What its answers say. */
  version: string;
  /** Milliseconds until it listens. */
  bootsIn: number;
  /** Inside the container. */
  port: number;
  /** Ends by itself this long after its start. */
  crashesAfter?: number;
  /** The share of requests, from 0 to 1, that it answers with 500. */
  fails?: number;
  /** What it notes in the database when it boots. */
  notes?: string;
  /** Runs HAProxy with the files of its bind mount. */
  isProxy?: boolean;
}

export interface Image {
  id: string;
  program: Program;
}

interface Endpoint {
  aliases: string[];
  links: string[];
  address: string;
  /** The engine could not publish a port there: until its next start the container can neither use it nor leave it. */
  isStuck?: boolean;
}

export interface Container {
  id: string;
  name: string;
  image: string;
  imageId: string;
  labels: Record<string, string>;
  env: string[];
  state: 'created' | 'running' | 'exited' | 'restarting';
  startedAt: number;
  /** The same, by the machine's clock. */
  startedWall: number;
  exitCode: number;
  restartCount: number;
  hasHealthCheck: boolean;
  restarts: boolean;
  /** It runs something else than what its image is for. */
  runs?: Program;
  pid: number;
  networks: Map<string, Endpoint>;
  /** Host ports by the port inside, such as `80/tcp`. */
  ports: Record<string, { HostIp: string; HostPort: string }[]>;
  volumes: string[];
  /** The folder of this machine that it shares, by the folder inside. */
  binds: Record<string, string>;
}

/** What a client of the engine says while nobody answers at its socket. */
export const AWAY =
  'Cannot connect to the Docker daemon at unix:///var/run/docker.sock. Is the docker daemon running?';

/** What the engine says to a call that it rejects. */
export class EngineRefusal extends Error {
  readonly status: number;
  constructor(status: number, message: string) {
    super(message);
    this.status = status;
  }
}

/** Something that began or ended a container. */
export interface Touch {
  at: number;
  container: Container;
  what: 'started' | 'ended' | 'removed';
  /** The process of canary that did it; none if it was somebody else, or the container itself. */
  by: number | undefined;
}

/** Told about containers as they start and end. */
export interface Listener {
  started(container: Container): void;
  ended(container: Container): void;
}

export interface Network {
  internal: boolean;
  labels: Record<string, string>;
  subnet: number;
}

/** Docker Engine: containers, images, networks and volumes, each call done at once. */
export class SimulatedEngine {
  readonly containers = new Map<string, Container>();
  readonly images = new Map<string, Image>();
  /** Image ids by name. */
  readonly names = new Map<string, string>();
  readonly networks = new Map<string, Network>();
  readonly volumes = new Map<string, Record<string, string>>();
  readonly listeners: Listener[] = [];
  readonly touches: Touch[] = [];
  /** It restarts: nobody answers at its socket, nor its containers' DNS. */
  isAway = false;
  private readonly timeline: Timeline;
  private count = 0;

  constructor(timeline: Timeline) {
    this.timeline = timeline;
  }

  /** `content`: what is in it, of which the id is made; by its name when left out. */
  addImage(name: string, program: Program, content = name): Image {
    const id = `sha256:${digest(content)}`;
    const image = { id, program };
    this.images.set(id, image);
    this.names.set(name, id);
    return image;
  }

  imageNamed(name: string): Image | undefined {
    return this.images.get(this.names.get(name) ?? name);
  }

  /** By id, the beginning of one, or name. */
  find(reference: string): Container {
    const found =
      this.containers.get(reference) ??
      [...this.containers.values()].find(
        ({ id, name }) =>
          name === reference || (reference.length >= 12 && id.startsWith(reference)),
      );
    if (!found) throw new EngineRefusal(404, `No such container: ${reference}`);
    return found;
  }

  create(
    made: Pick<Container, 'name' | 'image' | 'labels' | 'env' | 'ports'> & Partial<Container>,
  ) {
    const image = this.imageNamed(made.image);
    if (!image) throw new EngineRefusal(404, `No such image: ${made.image}`);
    for (const { name } of this.containers.values())
      if (name === made.name) throw new EngineRefusal(409, `The name ${name} is already in use`);
    this.count += 1;
    const container: Container = {
      id: digest(`container ${this.count}`),
      imageId: image.id,
      ...{ state: 'created', startedAt: 0, startedWall: 0, exitCode: 0, restartCount: 0, pid: 0 },
      ...{ hasHealthCheck: false, restarts: false, volumes: [], binds: {} },
      networks: new Map(),
      ...made,
    };
    this.containers.set(container.id, container);
    return container;
  }

  /** `isAgain`: by its restart policy, which counts; anybody else's start counts from 0. */
  start(container: Container, { isAgain = false } = {}): void {
    if (container.state === 'running') return;
    try {
      this.requirePorts(container);
    } catch (error) {
      container.exitCode = 128;
      throw error;
    }
    container.state = 'running';
    container.startedAt = this.timeline.now();
    container.startedWall = this.timeline.wall();
    this.touch(container, 'started');
    container.exitCode = 0;
    if (!isAgain) container.restartCount = 0;
    this.count += 1;
    container.pid = 10_000 + this.count;
    for (const [name, endpoint] of container.networks) {
      endpoint.isStuck = false;
      this.giveAddress(container, name);
    }
    const { crashesAfter } = this.programOf(container);
    if (crashesAfter !== undefined) {
      const { startedAt } = container;
      this.timeline.after(crashesAfter, () => {
        if (container.startedAt === startedAt) this.die(container, 1);
      });
    }
    for (const each of this.listeners) each.started(container);
  }

  /** Asked to end, or told. */
  stop(container: Container, exitCode = 0): void {
    if (container.state !== 'running' && container.state !== 'restarting') return;
    const wasRunning = container.state === 'running';
    this.touch(container, 'ended');
    container.state = 'exited';
    container.exitCode = exitCode;
    container.pid = 0;
    for (const endpoint of container.networks.values()) endpoint.address = '';
    if (wasRunning) for (const each of this.listeners) each.ended(container);
  }

  /** Its program ends by itself. */
  die(container: Container, exitCode: number): void {
    if (container.state !== 'running') return;
    this.stop(container, exitCode);
    if (!container.restarts) return;
    container.state = 'restarting';
    container.restartCount += 1;
    const delay = Math.min(60_000, 100 * 2 ** container.restartCount);
    this.timeline.after(delay, () => {
      if (container.state !== 'restarting' || !this.containers.has(container.id)) return;
      container.state = 'exited';
      try {
        this.start(container, { isAgain: true });
      } catch (error) {
        // Somebody has its port: it stays down, as the engine tries that once.
        if (!(error instanceof EngineRefusal)) throw error;
      }
    });
  }

  remove(container: Container, withVolumes: boolean): void {
    this.stop(container, 137);
    container.state = 'exited';
    this.touch(container, 'removed');
    this.containers.delete(container.id);
    if (withVolumes)
      for (const name of container.volumes)
        if (/^[0-9a-f]{64}$/.test(name)) this.volumes.delete(name);
  }

  private touch(container: Container, what: Touch['what']): void {
    const by = simulatedHost()?.processes.pid;
    this.touches.push({ at: this.timeline.now(), container, what, by });
  }

  connect(
    container: Container,
    network: string,
    { Aliases = [], Links = [] }: WantedEndpoint,
  ): void {
    if (!this.networks.has(network)) throw new EngineRefusal(404, `network ${network} not found`);
    if (container.networks.has(network))
      throw container.networks.get(network)?.isStuck
        ? new EngineRefusal(500, 'failed to add interface to sandbox')
        : new EngineRefusal(
            403,
            `endpoint with name ${container.name} already exists in network ${network}`,
          );
    const endpoint: Endpoint = {
      aliases: [...(Aliases ?? [])],
      links: [...(Links ?? [])],
      address: '',
      isStuck: container.state === 'running',
    };
    container.networks.set(network, endpoint);
    if (container.state !== 'running') return;
    this.giveAddress(container, network);
    this.requirePorts(container, network);
    endpoint.isStuck = false;
  }

  disconnect(container: Container, network: string): void {
    if (!joined(container).includes(network))
      throw new EngineRefusal(500, `container is not connected to network ${network}`);
    container.networks.delete(network);
  }

  programOf(container: Container): Program {
    const program = container.runs ?? this.images.get(container.imageId)?.program;
    if (!program) throw new Error(`${container.name} has no image`);
    return program;
  }

  listens(container: Container): boolean {
    const { bootsIn } = this.programOf(container);
    return container.state === 'running' && this.timeline.now() >= container.startedAt + bootsIn;
  }

  health(container: Container): 'starting' | 'healthy' | 'unhealthy' | undefined {
    if (!container.hasHealthCheck || container.state === 'created') return undefined;
    if (container.state !== 'running') return 'unhealthy';
    return this.listens(container) ? 'healthy' : 'starting';
  }

  /** The running container that has a host port. */
  holderOf(port: number): Container | undefined {
    return [...this.containers.values()].find(
      (each) => this.isPublishing(each) && hostPorts(each).includes(port),
    );
  }

  /** Whose program is at an address. */
  at(address: string): Container | undefined {
    return [...this.containers.values()].find((each) =>
      joined(each).some((network) => each.networks.get(network)?.address === address),
    );
  }

  /** The addresses that a name has for a container: of its networks, by their aliases; none if nobody answers. */
  resolve(name: string, from: Container): string[] | undefined {
    if (this.isAway) return undefined;
    return [...this.containers.values()]
      .flatMap((each) =>
        joined(each).flatMap((network) => {
          const { aliases = [], address = '' } = each.networks.get(network) ?? {};
          const isKnown = each.name === name || aliases.includes(name);
          return isKnown && address !== '' && joined(from).includes(network) ? [address] : [];
        }),
      )
      .sort();
  }

  private isPublishing(container: Container): boolean {
    return container.state === 'running' && this.publishes(container, joined(container));
  }

  private publishes(container: Container, networks: readonly string[]): boolean {
    return (
      hostPorts(container).length > 0 &&
      networks.some((name) => this.networks.get(name)?.internal === false)
    );
  }

  private requirePorts(container: Container, joining?: string): void {
    const networks = joining ? [joining] : joined(container);
    if (!this.publishes(container, networks)) return;
    for (const port of hostPorts(container)) {
      const holder = this.holderOf(port);
      if (holder && holder !== container)
        throw new EngineRefusal(
          500,
          `driver failed programming external connectivity: Bind for 0.0.0.0:${port} failed: port is already allocated`,
        );
    }
  }

  private giveAddress(container: Container, network: string): void {
    const endpoint = container.networks.get(network);
    const { subnet } = this.networks.get(network) ?? {};
    if (!endpoint || subnet === undefined) return;
    const taken = new Set(
      [...this.containers.values()].flatMap((each) => each.networks.get(network)?.address ?? []),
    );
    // The lowest that is free: addresses change hands.
    for (let host = 2; endpoint.address === ''; host += 1) {
      const address = `172.${subnet}.0.${host}`;
      if (!taken.has(address)) endpoint.address = address;
    }
  }

  createNetwork(name: string, labels: Record<string, string>, internal: boolean): void {
    if (this.networks.has(name)) throw new EngineRefusal(409, `network ${name} already exists`);
    this.networks.set(name, { internal, labels, subnet: 18 + this.networks.size });
  }
}

export type WantedEndpoint = {
  Aliases?: readonly string[] | null;
  Links?: readonly string[] | null;
};

export function hostPorts({ ports }: Container): number[] {
  return Object.values(ports).flatMap((each) => each.map(({ HostPort }) => Number(HostPort)));
}

/** The networks on which a container is reached. */
export function joined({ networks }: Container): string[] {
  return [...networks].flatMap(([name, { isStuck }]) => (isStuck ? [] : [name]));
}

/** What a container is for canary. */
export function roleOf({ labels }: Container): string {
  return labels['dev.canary.role'] ?? 'stable';
}

/** The service that it is of, also of one that Compose calls otherwise. */
export function serviceOf({ labels }: Container): string {
  return labels['dev.canary.service'] ?? labels['com.docker.compose.service'] ?? '';
}

/** 64 hexadecimal digits that are the same in each run. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
