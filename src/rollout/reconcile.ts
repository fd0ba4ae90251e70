import { shortCommit } from '../compose/model/names.ts';
import { byName } from '../config/values/by-name.ts';
import {
  clonesOf,
  containersOf,
  isRunning,
  type Observed,
  type ObservedContainer,
} from './observed.ts';
import type { Plan } from './operation.ts';
import { placeProxy, removeProxy } from './place-proxy.ts';
import { Draft, type Situation } from './plan-draft.ts';
import { placeStandIns } from './stand-ins.ts';

/** The desired state. A part that is left out is not changed. */
export interface Desired {
  proxy?: 'running' | 'absent';
  /** Replace the stable with a commit; the branch then points to it. */
  promote?: {
    commit: string;
    /** The branch that then points to it; none for images. */
    branch?: string | undefined;
    /** The file and its lines by which plain Compose then takes the images. */
    variables?: { file: string; lines: readonly string[] } | undefined;
    /**
     * Services that mount files which the promotion changes; they see them only after the branch
     * has moved.
     */
    movedFiles?: readonly string[];
  };
  /** Restore the stable to its state before the promotion to `commit` began. */
  restore?: { commit: string };
  /** `null`: no canary. */
  canary?: DesiredCanary | null;
}

export interface DesiredCanary {
  commit: string;
  services: readonly string[];
  weight: number;
  /**
   * At most this many containers of each service; by default as many as the definitions ask for.
   */
  replicas?: number | undefined;
  /** Services that should have a baseline. */
  baseline?: readonly string[];
  /** The reason for this weight. */
  cause?: string;
}

const ONLY_IF_READY = 'users come back only to a ready stable';

/**
 * Computes what must be done, in order, from the desired and the observed state. Pure: it observes
 * nothing and reads no clock. Traffic leaves a side before that side is changed, and an operation
 * that is already done does not appear.
 */
export function reconcile(desired: Desired, observed: Observed, situation: Situation): Plan {
  const draft = new Draft(observed.proxy);
  if (desired.proxy === 'running') placeProxy(draft, observed, situation);
  if (desired.promote) promoteStable(draft, desired.promote, observed, situation);
  if (desired.restore) restoreStable(draft, desired.restore, situation);
  if (desired.canary) placeCanary(draft, desired.canary, observed, situation);
  if (desired.canary === null) {
    const cause = desired.promote ? 'its code is the stable now' : 'no canary is wanted';
    removeCanary(draft, observed, cause);
  }
  const { proxy, promote, restore } = desired;
  if (proxy === 'running' || promote || restore) placeStandIns(draft, observed, situation);
  if (desired.proxy === 'absent') removeProxy(draft, observed, situation);
  return draft.operations;
}

function placeCanary(
  draft: Draft,
  canary: DesiredCanary,
  observed: Observed,
  situation: Situation,
): void {
  const { commit, services, weight, replicas = Number.POSITIVE_INFINITY, baseline = [] } = canary;
  const existing = containersOf(observed, 'canary');
  const isCurrent = (each: ObservedContainer) =>
    each.commit === commit && services.includes(each.service);
  const running = existing.filter((each) => isCurrent(each) && each.state === 'running');
  const wanted = (service: string) => Math.min(situation.replicas(service), replicas);
  const count = (service: string) => running.filter((each) => each.service === service).length;
  const missing = services.filter((service) => count(service) < wanted(service));
  const earlier = unique(existing.filter((each) => !isCurrent(each)).map((each) => each.service));

  // When growing replica by replica, running replicas stay as they are, so their users can stay
  // too.
  const { tripped } = observed.proxy;
  const canGrow =
    canary.replicas !== undefined &&
    earlier.length === 0 &&
    tripped.length === 0 &&
    services.every((service) => count(service) > 0);
  const isNew = earlier.length > 0 || (missing.length > 0 && !canGrow);
  if (isNew) draft.sendEveryone('stable', 'the canary changes; its users leave first');
  const { rehearses = [], backsUp = [], migrates } = situation;
  const unbuilt = situation
    .unbuilt(commit)
    .filter((service) => missing.includes(service) || service === migrates);
  draft.getImages(situation, unbuilt, commit, 'no image of this commit yet');
  const boots = missing.length > 0 && !canGrow;
  // Before anything is started, and while an earlier canary still runs completely.
  if (rehearses.length > 0 && boots) {
    const cause = 'its effect on the data must be known first';
    draft.add({ kind: 'rehearse', services, databases: rehearses, commit }, cause);
  }
  if (backsUp.length > 0 && boots)
    draft.add({ kind: 'backup', databases: backsUp }, 'they can be put back');
  if (migrates !== undefined && boots)
    draft.add({ kind: 'migrate', service: migrates, commit }, 'the canary needs it');
  retire(draft, observed, earlier, 'an earlier canary is replaced');
  const counts = byName(missing.map((service) => [service, wanted(service)] as const));
  const more = { services: missing, commit };
  if (canGrow) draft.add({ kind: 'grow-canary', ...more, counts }, 'replica by replica');
  else {
    const limited = canary.replicas === undefined ? {} : { counts };
    const cause = `the canary should be ${shortCommit(commit)}`;
    draft.add({ kind: 'start-canary', ...more, ...limited }, cause);
  }
  // A new canary gets a new baseline, so that both are equally fresh.
  const alone = baseline.filter((service) => isNew || !isRunning(observed, 'baseline', service));
  draft.add({ kind: 'start-baseline', services: alone }, 'the canary is compared with it');
  draft.add({ kind: 'arm-breaker', services: tripped }, 'it took an earlier canary out');
  draft.awaitReady('canary', services, 'only a ready canary gets users');
  draft.awaitReady('baseline', baseline, 'it gets users with the canary');
  if (situation.hasChecks && draft.sendsNobody())
    draft.add({ kind: 'check-canary', services }, 'before its first user');
  draft.setWeight(weight, canary.cause ?? 'asked for');
}

function promoteStable(
  draft: Draft,
  { commit, branch, variables, movedFiles = [] }: NonNullable<Desired['promote']>,
  observed: Observed,
  situation: Situation,
): void {
  const services = situation.slice.map((member) => member.service);
  // Checks every container: a promotion can be interrupted between two containers of a scaled
  // service.
  const hasStableImages = !services.some((service) => {
    const containers = containersOf(observed, 'stable', service);
    return (
      !isRunning(observed, 'stable', service) ||
      containers.some((each) => !situation.stableRuns(each, commit))
    );
  });
  // The images do not show settings and environment: the promotion is not done until the branch has
  // moved.
  if (!hasStableImages || situation.branchAt !== commit) {
    const unbuilt = situation.unbuilt(commit);
    draft.getImages(situation, unbuilt, commit, 'the merged code has no image yet');
    draft.awaitReady('canary', services, 'it serves every user while the stable is replaced');
    draft.sendEveryone('canary', 'the stable is replaced while it has no users');
    draft.add({ kind: 'drain', side: 'stable', services }, 'no request is cut off');
    draft.add({ kind: 'replace-stable', services, commit }, 'it becomes the promoted code');
  }
  draft.awaitReady('stable', services, ONLY_IF_READY);
  if (situation.branchAt !== commit && branch !== undefined)
    draft.add({ kind: 'advance-branch', branch, commit }, 'the branch must match what runs');
  if (situation.branchAt !== commit && variables)
    draft.add({ kind: 'set-variables', ...variables, commit }, 'plain docker compose must keep it');
  if (draft.sendsEveryone()) {
    const cause = 'files it mounts came with the branch';
    draft.add({ kind: 'refresh-stable', services: movedFiles }, cause);
    draft.awaitReady('stable', movedFiles, ONLY_IF_READY);
  }
  draft.sendEveryone('stable', 'the stable is ready');
}

function restoreStable(
  draft: Draft,
  { commit }: NonNullable<Desired['restore']>,
  { slice }: Situation,
): void {
  const services = slice.map((member) => member.service);
  draft.add({ kind: 'restore-stable', services, commit }, 'its promotion did not finish');
  draft.awaitReady('stable', services, ONLY_IF_READY);
  draft.sendEveryone('stable', 'the stable is ready');
}

function removeCanary(draft: Draft, observed: Observed, cause: string): void {
  // Moving the traffic off comes before anything slower, whatever else must be done.
  draft.sendEveryone('stable', cause);
  retire(draft, observed, unique(clonesOf(observed).map((each) => each.service)), cause);
}

function retire(
  draft: Draft,
  observed: Observed,
  services: readonly string[],
  cause: string,
): void {
  const isServing = clonesOf(observed).some((each) => each.state === 'running');
  if (observed.proxy.state === 'running' && isServing)
    draft.add({ kind: 'drain', side: 'canary', services }, 'no request is cut off');
  draft.add({ kind: 'retire-canary', services }, cause);
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
