import type { UserSides } from '../proxy/user-map.ts';
import type { Split } from '../proxy/weight-map.ts';
import type { Role } from './operation.ts';

/** A container of the project as the engine shows it. */
export interface ObservedContainer {
  id: string;
  name: string;
  /** The compose service, or for a clone the service it is a clone of. */
  service: string;
  role: Role | 'proxy';
  /** `running`, `exited`, `restarting` … in the engine's words. */
  state: string;
  health: 'healthy' | 'unhealthy' | 'starting' | 'none';
  /** Image id, and the name it was started by. */
  imageId: string;
  image: string;
  startedAt: string;
  exitCode: number;
  /** The kernel ended it for want of memory. */
  outOfMemory?: boolean;
  restartCount: number;
  /** Ports of the host it holds. */
  publishedPorts: readonly number[];
  addresses: readonly string[];
  /** Holds data in a volume without a name, which only Compose's own recreation carries over. */
  hasAnonymousVolume: boolean;
  /** What leads it to the proxy: links such as `canary-proxy:discounts`. */
  proxyLinks: readonly string[];
  /** nginx-proxy finds it by its `VIRTUAL_HOST`. */
  hasHost?: boolean;
  /** Of canaries: what they were built from. */
  commit: string | undefined;
  release: string | undefined;
  /** Of the proxy: a digest of what its container is made of: image, ports, networks, command. */
  definition: string | undefined;
}

/** With the split in force, or on disk while the proxy does not run. */
export interface ObservedProxy extends Split {
  /** `unreachable`: its container runs, but nobody answers at the admin socket. */
  state: 'running' | 'unreachable' | 'stopped' | 'absent';
  /** When the split ends by itself, in seconds of the epoch; 0 for never. */
  until?: number;
  /** Nobody is on the canary because its time is over. */
  hasExpired?: boolean;
  /** A digest of what its container is made of; a container of another definition is made anew. */
  definition: string | undefined;
  /** Routers that go by health leave it, as they were told to. */
  isLeft?: boolean;
  /** The digest of the configuration in force, in its own words; another one is loaded without a gap. */
  configuration: string | undefined;
  /** Entries whose canary the breaker took out. */
  tripped: readonly string[];
  /** The side of every user in a list, as far as its configuration has lists. */
  users: UserSides;
}

/** One look at the world; plans are made from it alone. */
export interface Observed {
  containers: readonly ObservedContainer[];
  proxy: ObservedProxy;
}

/** The containers of one side of a service. */
export function containersOf(
  observed: Pick<Observed, 'containers'>,
  role: ObservedContainer['role'],
  service?: string,
) {
  return observed.containers.filter(
    (each) => each.role === role && (service === undefined || each.service === service),
  );
}

/** The containers that come and go with a canary: its own and its baseline's. */
export function clonesOf(observed: Pick<Observed, 'containers'>): ObservedContainer[] {
  return [...containersOf(observed, 'canary'), ...containersOf(observed, 'baseline')];
}

/** Whether a service has a running container on that side. */
export function isRunning(
  observed: Observed,
  role: ObservedContainer['role'],
  service?: string,
): boolean {
  return containersOf(observed, role, service).some((each) => each.state === 'running');
}
