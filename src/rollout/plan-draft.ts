import type { ReachableService } from '../compose/ingress/ingress.ts';
import type { UserSides } from '../proxy/user-map.ts';
import { ALL, byWeight, OFF, type Split, sameSplit } from '../proxy/weight-map.ts';
import type { ObservedContainer } from './observed.ts';
import type { Operation, OperationAction, Role, Side } from './operation.ts';

/** What does not change between two looks. */
export interface Situation {
  /** Every service of the compose model. */
  services: readonly string[];
  slice: readonly ReachableService[];
  /** Services that have a `VIRTUAL_HOST` in their definition. */
  withHost?: readonly string[];
  /** Callers that keep the address of a name as long as they run. */
  keepsAddresses: (service: string) => boolean;
  /** The services of the slice that have no image of this commit yet, of those that are built. */
  unbuilt: (commit: string) => readonly string[];
  /** There is something to ask a canary before its first user. */
  hasChecks?: boolean;
  /** The shared databases on copies of which a canary has to boot first. */
  rehearses?: readonly string[];
  /** The service whose migration has to run before the canary starts. */
  migrates?: string | undefined;
  /** The shared databases of which tables are kept before a canary starts on them for the first time. */
  backsUp?: readonly string[];
  /** How many containers the definition of a service asks for. */
  replicas: (service: string) => number;
  /** Whether a stable container runs the image of this commit. */
  stableRuns: (container: ObservedContainer, commit: string) => boolean;
  /** What the proxy should run with: digests of its container and of its configuration, and the users of lists. */
  proxy: {
    definition: string;
    configuration: string;
    users: UserSides;
    /** TLS ends there: a renewed certificate changes the configuration too. */
    endsTls?: boolean;
  };
  /** The commit the stable branch points to. */
  branchAt: string | undefined;
}

/** The plan so far and the split it leaves. */
export class Draft {
  readonly operations: Operation[] = [];
  private split: Split;

  constructor(split: Split) {
    this.split = split;
  }

  /** What concerns no service is nothing to do. */
  add(action: OperationAction, cause: string): void {
    if ('services' in action && action.services.length === 0) return;
    this.operations.push({ ...action, cause });
  }

  awaitReady(side: Role, services: readonly string[], cause: string): void {
    this.add({ kind: 'await-ready', side, services }, cause);
  }

  /** Whether every user is on the canary by now. */
  sendsEveryone(): boolean {
    return this.split.everyoneOn === 'canary';
  }

  /** Whether no user is on the canary, not even by a rule. */
  sendsNobody(): boolean {
    return this.split.everyoneOn === 'stable';
  }

  /** A share of users to the canary, and those whom rules choose. */
  setWeight(weight: number, cause: string): void {
    if (sameSplit(this.split, byWeight(weight))) return;
    this.split = byWeight(weight);
    this.add({ kind: 'set-weight', weight }, cause);
  }

  /** Also those whom rules would send elsewhere. */
  sendEveryone(to: Side, cause: string): void {
    if (this.split.everyoneOn === to) return;
    this.split = to === 'stable' ? OFF : ALL;
    this.add({ kind: 'send-everyone', to }, cause);
  }
}
