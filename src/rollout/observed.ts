import type { UserSides } from '../proxy/user-map.ts';
import type { Split } from '../proxy/weight-map.ts';
import type { Role } from './operation.ts';

/** A container of the project, as the engine reports it. */
export interface ObservedContainer {
  id: string;
  name: string;
  /** The compose service; for a clone, the service it is a clone of. */
  service: string;
  /**
   * `stand-in`: plain Compose takes it for the service and leaves the hidden containers alone. `stray`: plain Compose
   * made it beside them and could not start it.
   */
  role: Role | 'proxy' | 'stand-in' | 'stray';
  /** Plain Compose does not see it. */
  isHidden: boolean;
  /** The engine's word: `running`, `exited`, `restarting` … */
  state: string;
  health: 'healthy' | 'unhealthy' | 'starting' | 'none';
  /** The image id, and the image name it was started with. */
  imageId: string;
  image: string;
  startedAt: string;
  exitCode: number;
  /** The kernel killed it because memory ran out. */
  outOfMemory?: boolean;
  restartCount: number;
  /** The host ports that it publishes over TCP. */
  publishedPorts: readonly number[];
  addresses: readonly string[];
  /** Has data in an anonymous volume, which only Compose's own recreation carries over. */
  hasAnonymousVolume: boolean;
  /** The links that lead it to the proxy, such as `canary-proxy:discounts`. */
  proxyLinks: readonly string[];
  /** Whether nginx-proxy finds it by its `VIRTUAL_HOST`. */
  hasHost?: boolean;
  /** For canaries: the commit they were built from. */
  commit: string | undefined;
  release: string | undefined;
  /** For what canary adds: Compose's digest of the definition that it was started with. */
  configHash?: string | undefined;
  /** For the proxy: a hand-over of ports was cut off, before which it publishes none. */
  isUnpublished?: boolean;
  /** For the proxy: a digest of its container's image, ports, networks and command. */
  definition: string | undefined;
}

/** The proxy, with the split in force, or the split on disk while it does not run. */
export interface ObservedProxy extends Split {
  /**
   * `stopped`: nobody is answered by it, if only because it publishes no port yet. `unreachable`: its container runs, but
   * the admin socket does not answer.
   */
  state: 'running' | 'unreachable' | 'stopped' | 'absent';
  /** When the split ends by itself, in seconds of the epoch; 0 for never. */
  until?: number;
  /** A command was killed before it wrote the split in force to the file from which the proxy starts. */
  isUnkept?: boolean;
  /** No one is on the canary because its time is over. */
  hasExpired?: boolean;
  /**
   * A digest of what its container is made of; a container with another definition is recreated.
   */
  definition: string | undefined;
  /** Routers that check health have stopped using it, as they were told. */
  isLeft?: boolean;
  /**
   * The digest of the configuration in force, as HAProxy reports it; another one is loaded without
   * interruption.
   */
  configuration: string | undefined;
  /** Services whose canary the breaker took out. */
  tripped: readonly string[];
  /** Services whose stable the proxy cannot reach: their users get errors. */
  silent: readonly string[];
  /** The side of every listed user, if its configuration has lists. */
  users: UserSides;
}

/** The observed state of the project; plans are made only from it. */
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

/** The containers that are started and removed with a canary: its own and its baseline's. */
export function clonesOf(observed: Pick<Observed, 'containers'>): ObservedContainer[] {
  return [...containersOf(observed, 'canary'), ...containersOf(observed, 'baseline')];
}

/** The running containers of a service's stable. */
export function runningOf(observed: Observed, service: string): ObservedContainer[] {
  return containersOf(observed, 'stable', service).filter((each) => each.state === 'running');
}

/** Whether a service has a running container with that role. */
export function isRunning(
  observed: Observed,
  role: ObservedContainer['role'],
  service?: string,
): boolean {
  return containersOf(observed, role, service).some((each) => each.state === 'running');
}

/** The ports of this machine that the running stable and the proxy hold. */
export function heldPorts(observed: Observed): number[] {
  return [...containersOf(observed, 'stable'), ...containersOf(observed, 'proxy')]
    .filter(({ state }) => state === 'running')
    .flatMap(({ publishedPorts }) => publishedPorts);
}

/** Whether a hand-over of ports was cut off before the proxy published any. */
export function isCutOff(observed: Observed): boolean {
  return containersOf(observed, 'proxy').some(({ isUnpublished }) => isUnpublished);
}
