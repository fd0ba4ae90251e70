import { shortCommit } from '../compose/names.ts';
import type { Entry } from '../compose/slice.ts';
import { type UserSides, userChange } from '../proxy/user-map.ts';
import { ALL, byWeight, OFF, type Split, sameSplit } from '../proxy/weight-map.ts';
import { containersOf, isRunning, type Observed, type ObservedContainer } from './observed.ts';
import type { Plan, Side, Step } from './step.ts';

/** What the world should look like. A part left out is left alone. */
export interface Desired {
  proxy?: 'running' | 'absent';
  /** The stable replaced by a commit that the branch then points to. */
  promote?: { commit: string; branch: string };
  /** The stable put back to what it was before the promotion to `commit` began. */
  restore?: { commit: string };
  /** `null`: no canary. */
  canary?: { commit: string; services: readonly string[]; weight: number } | null;
}

/** What does not change between two looks. */
export interface Situation {
  /** Every service of the compose model. */
  services: readonly string[];
  slice: readonly { service: string; entry: Entry | undefined }[];
  /** The services of the slice that have no image of this commit yet, of those that are built. */
  unbuilt: (commit: string) => readonly string[];
  /** How many containers the definition of a service asks for. */
  replicas: (service: string) => number;
  /** Whether a stable container runs the image of this commit. */
  stableRuns: (container: ObservedContainer, commit: string) => boolean;
  /** What the proxy should run with: digests of its container and of its configuration, and the users of lists. */
  proxy: { definition: string; configuration: string; users: UserSides };
  /** Services that mount files which a promotion changes; they see them only once the branch has moved. */
  movedFiles: readonly string[];
  /** The commit the stable branch points to. */
  branchAt: string | undefined;
}

/**
 * From what should be and what is to what must be done, in order. Pure: no look at the world, no clock.
 * Traffic leaves a side before that side is touched, and a step that is already done does not appear.
 */
export function reconcile(desired: Desired, observed: Observed, situation: Situation): Plan {
  const draft = new Draft(observed.proxy);
  if (desired.proxy === 'running') placeProxy(draft, observed, situation);
  if (desired.promote) promoteStable(draft, desired.promote, observed, situation);
  if (desired.restore) restoreStable(draft, desired.restore, situation);
  if (desired.canary) placeCanary(draft, desired.canary, observed, situation);
  if (desired.canary === null) {
    removeCanary(
      draft,
      observed,
      desired.promote ? 'its code is the stable now' : 'no canary is wanted',
    );
  }
  if (desired.proxy === 'absent') removeProxy(draft, observed, situation);
  return draft.steps;
}

/** The plan so far and the split it leaves. */
class Draft {
  readonly steps: Step[] = [];
  private split: Split;

  constructor(split: Split) {
    this.split = split;
  }

  add(step: Step): void {
    this.steps.push(step);
  }

  /** Whether every user is on the canary by now. */
  sendsEveryone(): boolean {
    return this.split.everyoneOn === 'canary';
  }

  /** A share of users to the canary, and those whom rules choose. */
  setWeight(weight: number, cause: string): void {
    if (sameSplit(this.split, byWeight(weight))) return;
    this.split = byWeight(weight);
    this.add({ kind: 'set-weight', weight, cause });
  }

  /** Also those whom rules would send elsewhere. */
  sendEveryone(to: Side, cause: string): void {
    if (this.split.everyoneOn === to) return;
    this.split = to === 'stable' ? OFF : ALL;
    this.add({ kind: 'send-everyone', to, cause });
  }
}

function placeProxy(draft: Draft, observed: Observed, situation: Situation): void {
  const { services, slice } = situation;
  const chosen = slice.map((member) => member.service);
  // A shared service that has stopped may be a job that came to its end.
  const missing = services.filter((service) =>
    chosen.includes(service)
      ? !isRunning(observed, 'stable', service)
      : containersOf(observed, 'stable', service).length === 0,
  );
  if (missing.length > 0)
    draft.add({ kind: 'start-stable', services: missing, cause: 'not running' });
  // What is started here is started without the entry's port, so only running services can hold one.
  const holders = slice.filter(
    (member) => holdsPort(observed, member) || leftHolder(observed, member),
  );
  if (holders.length > 0) {
    const ports = holders.map((member) => member.entry?.port).join(', ');
    draft.add({
      kind: 'take-ports',
      services: holders.map((member) => member.service),
      cause: `port ${ports} is the stable's own`,
    });
  }
  const { state, definition, configuration } = observed.proxy;
  const isAsDefined = state === 'running' && definition === situation.proxy.definition;
  if (holders.length === 0 && !isAsDefined) {
    const change = definition ? 'its ports, networks or image changed' : 'an older canary made it';
    draft.add({
      kind: 'start-proxy',
      cause: state === 'running' ? change : `the proxy is ${state}`,
    });
  }
  if (isAsDefined && configuration !== situation.proxy.configuration)
    draft.add({ kind: 'reload-proxy', cause: 'canary.yaml changed' });
  const entries = slice.filter((member) => member.entry).map((member) => member.service);
  if (draft.steps.length > 0) {
    draft.add({
      kind: 'await-ready',
      side: 'stable',
      services: entries,
      cause: 'the proxy must reach it',
    });
  }
  // After the configuration: where HAProxy refuses that, the lists stay too.
  const change = userChange(observed.proxy.users, situation.proxy.users);
  if (change) draft.add({ kind: 'set-users', ...change, cause: 'canary.yaml changed' });
}

function placeCanary(
  draft: Draft,
  canary: NonNullable<Desired['canary']>,
  observed: Observed,
  situation: Situation,
): void {
  const { commit, services, weight } = canary;
  const existing = containersOf(observed, 'canary');
  const isCurrent = (each: ObservedContainer) =>
    each.commit === commit && services.includes(each.service);
  const running = existing.filter((each) => isCurrent(each) && each.state === 'running');
  const missing = services.filter(
    (service) =>
      running.filter((each) => each.service === service).length < situation.replicas(service),
  );
  const earlier = unique(existing.filter((each) => !isCurrent(each)).map((each) => each.service));

  if (earlier.length > 0 || missing.length > 0)
    draft.sendEveryone('stable', 'the canary changes; its users leave first');
  const unbuilt = situation.unbuilt(commit).filter((service) => missing.includes(service));
  if (unbuilt.length > 0) {
    draft.add({ kind: 'build', services: unbuilt, commit, cause: 'no image of this commit yet' });
  }
  // A rehearsal of the first boot on a copy of the database belongs here, before anything is started.
  if (earlier.length > 0) retire(draft, observed, earlier, 'an earlier canary is replaced');
  if (missing.length > 0) {
    draft.add({
      kind: 'start-canary',
      services: missing,
      commit,
      cause: `the canary should be ${shortCommit(commit)}`,
    });
  }
  const { tripped } = observed.proxy;
  if (tripped.length > 0) {
    draft.add({ kind: 'arm-breaker', services: tripped, cause: 'it took an earlier canary out' });
  }
  // Checks, and the ramp under the judge, belong after this step, in place of the one weight.
  draft.add({
    kind: 'await-ready',
    side: 'canary',
    services,
    cause: 'only a ready canary gets users',
  });
  draft.setWeight(weight, 'asked for');
}

function promoteStable(
  draft: Draft,
  { commit, branch }: NonNullable<Desired['promote']>,
  observed: Observed,
  situation: Situation,
): void {
  const services = situation.slice.map((member) => member.service);
  // Every container: a promotion can be cut off between two of a scaled service.
  const hasStableImages = !services.some((service) => {
    const containers = containersOf(observed, 'stable', service);
    return (
      !isRunning(observed, 'stable', service) ||
      containers.some((each) => !situation.stableRuns(each, commit))
    );
  });
  // The images say nothing about settings and environment: until the branch has moved, nothing is done.
  if (!hasStableImages || situation.branchAt !== commit) {
    const unbuilt = situation.unbuilt(commit);
    if (unbuilt.length > 0) {
      draft.add({
        kind: 'build',
        services: unbuilt,
        commit,
        cause: 'the merged code has no image yet',
      });
    }
    draft.add({
      kind: 'await-ready',
      side: 'canary',
      services,
      cause: 'it serves every user for a while',
    });
    draft.sendEveryone('canary', 'the stable is replaced while it has no users');
    draft.add({ kind: 'drain', side: 'stable', services, cause: 'no request is cut off' });
    draft.add({ kind: 'replace-stable', services, commit, cause: 'it becomes the promoted code' });
  }
  draft.add({
    kind: 'await-ready',
    side: 'stable',
    services,
    cause: 'users come back only to a ready stable',
  });
  if (situation.branchAt !== commit) {
    draft.add({ kind: 'advance-branch', branch, commit, cause: 'the branch says what runs' });
  }
  const { movedFiles } = situation;
  if (movedFiles.length > 0 && draft.sendsEveryone()) {
    draft.add({
      kind: 'refresh-stable',
      services: movedFiles,
      cause: 'files it mounts came with the branch',
    });
    draft.add({
      kind: 'await-ready',
      side: 'stable',
      services: movedFiles,
      cause: 'users come back only to a ready stable',
    });
  }
  draft.sendEveryone('stable', 'the stable is ready');
}

function restoreStable(
  draft: Draft,
  { commit }: NonNullable<Desired['restore']>,
  { slice }: Situation,
): void {
  const services = slice.map((member) => member.service);
  draft.add({ kind: 'restore-stable', services, commit, cause: 'its promotion did not end' });
  draft.add({
    kind: 'await-ready',
    side: 'stable',
    services,
    cause: 'users come back only to a ready stable',
  });
  draft.sendEveryone('stable', 'the stable is ready');
}

function removeCanary(draft: Draft, observed: Observed, cause: string): void {
  // Traffic off comes before anything slower, whatever else is there.
  draft.sendEveryone('stable', cause);
  const services = unique(containersOf(observed, 'canary').map((each) => each.service));
  if (services.length > 0) retire(draft, observed, services, cause);
}

function retire(
  draft: Draft,
  observed: Observed,
  services: readonly string[],
  cause: string,
): void {
  if (observed.proxy.state === 'running' && isRunning(observed, 'canary')) {
    draft.add({ kind: 'drain', side: 'canary', services, cause: 'no request is cut off' });
  }
  draft.add({ kind: 'retire-canary', services, cause });
}

function removeProxy(draft: Draft, observed: Observed, { slice }: Situation): void {
  if (observed.proxy.state !== 'absent')
    draft.add({ kind: 'stop-proxy', cause: 'the ports go back' });
  const bare = slice.filter(
    (member) =>
      member.entry &&
      containersOf(observed, 'stable', member.service).length > 0 &&
      !holdsPort(observed, member),
  );
  if (bare.length > 0) {
    draft.add({
      kind: 'return-ports',
      services: bare.map((member) => member.service),
      cause: 'the service publishes it again',
    });
  }
}

function holdsPort(observed: Observed, { service, entry }: Situation['slice'][number]): boolean {
  if (!entry) return false;
  return containersOf(observed, 'stable', service).some(
    (each) => each.state === 'running' && each.publishedPorts.includes(entry.port),
  );
}

/** What a hand-over that was cut off leaves: the stopped container beside the one that took its place. */
function leftHolder(observed: Observed, { service, entry }: Situation['slice'][number]): boolean {
  const containers = containersOf(observed, 'stable', service);
  return (
    containers.some((each) => each.state === 'running') &&
    containers.some(
      (each) =>
        each.state !== 'running' && entry !== undefined && each.publishedPorts.includes(entry.port),
    )
  );
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
