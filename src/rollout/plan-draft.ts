import type { ReachableService } from '../compose/ingress/ingress.ts';
import type { UserSides } from '../proxy/user-map.ts';
import { ALL, byWeight, OFF, type Split, sameSplit } from '../proxy/weight-map.ts';
import type { ObservedContainer } from './observed.ts';
import type { Operation, OperationAction, Role, Side } from './operation.ts';
import { pullCause, type ReleasedImage } from './source.ts';

/** What stays the same between two looks at the project. */
export interface Situation {
  /** Every service of the compose model. */
  services: readonly string[];
  slice: readonly ReachableService[];
  /** By service that is hidden from plain Compose, a digest of its definition in the user's files. */
  standIns: Readonly<Record<string, string>>;
  /** Services that have a `VIRTUAL_HOST` in their definition. */
  withHost?: readonly string[];
  /** Whether a caller keeps the address of a name as long as it runs. */
  keepsAddresses: (service: string) => boolean;
  /** The services of the slice that canary builds or pulls, and that have no image of this commit yet. */
  unbuilt: (commit: string) => readonly string[];
  /** The images that were built elsewhere. */
  pulled?: readonly ReleasedImage[];
  /** Whether there are requests to send to a canary before its first user. */
  hasChecks?: boolean;
  /** The shared databases that are copied; a canary must first boot on the copies. */
  rehearses?: readonly string[];
  /** The service whose migration must run before the canary starts. */
  migrates?: string | undefined;
  /**
   * The shared databases whose tables are backed up before a canary starts on them for the first
   * time.
   */
  backsUp?: readonly string[];
  /** How many containers the definition of a service asks for. */
  replicas: (service: string) => number;
  /** Whether a stable container runs the image of this commit. */
  stableRuns: (container: ObservedContainer, commit: string) => boolean;
  /**
   * What the proxy should run with: digests of its container and its configuration, and the listed
   * users.
   */
  proxy: {
    definition: string;
    configuration: string;
    users: UserSides;
    /**
     * Whether the proxy terminates TLS: then a renewed certificate changes the configuration too.
     */
    endsTls?: boolean;
  };
  /**
   * What plain Compose would make of the stable: the commit that its branch points to, or that of images if its files
   * name them.
   */
  branchAt: string | undefined;
}

/** The plan so far, and the split that it leads to. */
export class Draft {
  readonly operations: Operation[] = [];
  private split: Split;
  /** Whether a restart of the proxy would bring another split. */
  private isUnkept: boolean;

  constructor({ isUnkept = false, ...split }: Split & { isUnkept?: boolean }) {
    this.split = split;
    this.isUnkept = isUnkept;
  }

  /** An operation without services does nothing and is not added. */
  add(action: OperationAction, cause: string): void {
    if ('services' in action && action.services.length === 0) return;
    this.operations.push({ ...action, cause });
  }

  getImages(
    { pulled = [] }: Pick<Situation, 'pulled'>,
    services: readonly string[],
    commit: string,
    cause: string,
  ): void {
    const images = pulled.filter(({ service }) => services.includes(service));
    const built = services.filter((service) => images.every((each) => each.service !== service));
    if (images.length > 0) this.add({ kind: 'pull', images, commit }, pullCause(images));
    this.add({ kind: 'build', services: built, commit }, cause);
  }

  awaitReady(side: Role, services: readonly string[], cause: string): void {
    this.add({ kind: 'await-ready', side, services }, cause);
  }

  /** Whether every user is on the canary at this point of the plan. */
  sendsEveryone(): boolean {
    return this.split.everyoneOn === 'canary';
  }

  /** Whether no user is on the canary, not even by a rule. */
  sendsNobody(): boolean {
    return this.split.everyoneOn === 'stable';
  }

  /** Sends a share of users to the canary, plus the users whom rules send there. */
  setWeight(weight: number, cause: string): void {
    if (!this.moves(byWeight(weight))) return;
    this.add({ kind: 'set-weight', weight }, cause);
  }

  /** Whether there is anything to do for a split to be in force, and to stay so. */
  private moves(split: Split): boolean {
    if (sameSplit(this.split, split) && !this.isUnkept) return false;
    this.split = split;
    this.isUnkept = false;
    return true;
  }

  /** Sends all users to one side, including those whom rules would send elsewhere. */
  sendEveryone(to: Side, cause: string): void {
    if (!this.moves(to === 'stable' ? OFF : ALL)) return;
    this.add({ kind: 'send-everyone', to }, cause);
  }
}
