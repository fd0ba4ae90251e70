import { replicasOf } from '../compose/model/model.ts';
import { shortCommit } from '../compose/model/names.ts';
import { situationOf } from '../execution/facts.ts';
import { observe } from '../execution/observe.ts';
import { applySplit, entryCounts } from '../execution/split.ts';
import { type Analysis, analysing } from '../probes/probes.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import type { Project } from '../project/load.ts';
import { type Run, record } from '../project/run.ts';
import { formatWeight } from '../proxy/weight.ts';
import { OFF } from '../proxy/weight-map.ts';
import { reconcile } from '../rollout/reconcile.ts';
import { type Release, releaseId } from '../rollout/release.ts';
import { type Step, stepsOf } from '../rollout/step.ts';
import { type Advanced, advance, beginSteps, leaveAtStep } from './advance.ts';
import { promotePrepared } from './auto-promotion.ts';
import { cleanUp } from './cleanup.ts';
import { recordTestComparison } from './compare.ts';
import { inPhases } from './execute-in-phases.ts';
import { refuseDuringPromotion } from './guards.ts';
import { runHooks } from './hooks.ts';
import { takingUsersOffOnFailure } from './on-failure.ts';
import { type Arrival, allReleases, changeState, readRelease, replaceRelease } from './releases.ts';
import type { WalkRun } from './walk-run.ts';

/** What to release: a commit, already checked out, in the name of a branch. */
export interface Start {
  branch: string;
  checkout: Checkout;
  /**
   * Share of users in percent it ends with. When left out the steps of the strategy; without any, as it is where it
   * runs already, else 0.
   */
  weight: number | undefined;
  /** Ends once the first step is in force. */
  detach?: boolean;
  /** A canary that is judged bad is also taken back in git. */
  revertsCommit?: boolean;
  /** What belongs to a canary that is ready, before its release counts as begun well. */
  onReady?: () => Promise<void>;
}

/**
 * From a commit to a canary with users: build, start, ready, traffic, and the steps of its strategy; every fact on
 * the way goes to the journal. Whatever goes wrong, the traffic goes off first. Needs the lock.
 */
export async function startRelease(
  base: Pick<Run, 'context' | 'project' | 'signal' | 'agreement'>,
  { branch, checkout, weight, detach, revertsCommit, onReady }: Start,
): Promise<{ release: Release } & Arrival> {
  const { context, project } = base;
  const run = await beginRelease({ ...base, checkout }, branch, checkout.commit);
  const steps = weight === undefined ? stepsOfRelease(project, checkout) : [];
  const ready = async () => {
    await onReady?.();
    await cleanUp(context, project, [checkout.commit]);
  };
  const begin = async (analysis: Analysis | undefined) => {
    await runHooks(run, 'preDeploy');
    // The first step alone: whoever waits for the canary to be ready does not wait for all of them.
    const begun = steps.length > 0 ? await beginSteps(run, steps) : undefined;
    const arrival = begun ? undefined : await setInitialWeight(run, weight);
    await ready();
    if (arrival) return arrival;
    return detach ? leaveAtStep(run) : advance({ ...run, analysis }, begun);
  };
  const whole = (analysis?: Analysis) =>
    takingUsersOffOnFailure(run, revertsCommit ?? false, () => begin(analysis));
  // While the canary is built the judge learns already what is usual on the stable.
  const { checkout: passed, ...arrival }: Advanced =
    steps.length > 0 ? await analysing(run, whole) : await whole();
  return { release: run.release, ...(passed ? await promotePrepared(run, passed) : arrival) };
}

/** The steps the strategy asks for, with as many replicas as the commit defines. */
export function stepsOfRelease({ config, slice }: Project, { model }: Checkout): Step[] {
  const replicas = slice.map(({ service }) => replicasOf(model.services[service] ?? {}));
  return stepsOf(config, Math.max(1, ...replicas));
}

async function setInitialWeight(run: WalkRun, wanted: number | undefined): Promise<Arrival> {
  const { context, project, checkout, release } = run;
  const observed = await observe(context, project);
  const weight = wanted ?? (release.state === 'paused' ? observed.proxy.weight : 0);
  const services = project.slice.map((member) => member.service);
  const desired = { canary: { commit: release.commit, services, weight } };
  const plan = reconcile(desired, observed, await situationOf(context, project, checkout, release));
  context.emit({ type: 'plan-made', plan });
  await inPhases(run, plan);
  // Not before: until then a canary that has not all its containers is not promoted.
  if (release.progress) await record(run, { type: 'steps-left' });
  const reason = `at ${formatWeight(weight)}, waiting for a person to promote or revert`;
  await changeState(run, 'paused', reason);
  return { state: 'paused', reason, weight };
}

/** The release of this commit goes on if its deploy did not end well; any other attempt is a new release. */
async function beginRelease(
  run: Omit<WalkRun, 'release'>,
  branch: string,
  commit: string,
): Promise<WalkRun> {
  const { context, project } = run;
  const services = project.slice.map((member) => member.service);
  const newest = (await allReleases(project)).at(-1);
  if (newest && newest.state !== 'promoted' && newest.state !== 'reverted') {
    refuseDuringPromotion(newest);
    const isSame =
      newest.branch === branch && newest.commit === commit && sameNames(newest.services, services);
    const earlier = { ...run, release: newest };
    const wasBad = newest.verdict?.result === 'fail';
    if (isSame && !wasBad) {
      await record(earlier, { type: 'release-resumed' });
      return earlier;
    }
    await applySplit(project, OFF);
    await recordTestComparison(earlier);
    await replaceRelease(earlier, `${branch} at ${shortCommit(commit)}`);
  }
  const id = releaseId(context.clock.now(), commit);
  const subject = await context.git.subject(project.repository, commit);
  const created = {
    type: 'release-created',
    id,
    project: project.name,
    branch,
    commit,
    subject,
    services,
    counts: await entryCounts(project),
  } as const;
  await project.journals.append(id, created);
  context.emit(created);
  return { ...run, release: await readRelease(project, id) };
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return [...left].sort().join() === [...right].sort().join();
}
