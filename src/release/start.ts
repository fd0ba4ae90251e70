import { replicasOf } from '../compose/model/model.ts';
import type { Arrival } from '../documents/traffic.ts';
import { converge } from '../execution/converge.ts';
import { observe } from '../execution/observe.ts';
import { applySplit, entryCounts } from '../execution/split.ts';
import { type Analysis, analysing } from '../probes/analysing.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import type { Project } from '../project/load.ts';
import { type ReleaseRun, type Run, record, releaseNow } from '../project/run.ts';
import { formatWeight } from '../proxy/weight.ts';
import { OFF } from '../proxy/weight-map.ts';
import { hasEnded, isWaiting, type Release, releaseId } from '../rollout/release.ts';
import { describeImages, releaseTitle } from '../rollout/source.ts';
import { type Step, stepsOf } from '../rollout/step.ts';
import { takingUsersOffOnFailure } from './ending/on-failure.ts';
import { recordAbComparison } from './ending/record-ab-comparison.ts';
import { refuseDuringPromotion } from './guards.ts';
import { runHooks } from './hooks.ts';
import { promotePrepared } from './promotion/auto-promotion.ts';
import { cleanUp } from './records/clean-up.ts';
import { changeState, newestRelease, replaceRelease } from './records/releases.ts';
import { type Advanced, advance, beginSteps, leaveAtStep } from './steps/advance.ts';
import { inPhases } from './steps/execute-in-phases.ts';

/** What to release: a commit of a branch, already checked out, or images. */
export interface Start {
  /** Empty for images. */
  branch: string;
  checkout: Checkout;
  /**
   * Share of users in percent it ends with. When left out, the steps of the strategy decide; without steps, its weight
   * if it runs already, else 0.
   */
  weight: number | undefined;
  /** Ends once the first step is in force. */
  detach?: boolean;
  /** The branch was pushed. */
  isPushed?: boolean;
  /** A canary that is judged bad is also reverted in git. */
  revertsCommit?: boolean;
  /** Called when the canary is ready, before its release counts as begun. */
  onReady?: (() => Promise<void>) | undefined;
}

/**
 * From a commit to a canary with users: build, start, ready, traffic, and the steps of its strategy; every fact on
 * the way goes to the journal. If anything fails, the traffic is taken off first. Needs the lock.
 */
export async function startRelease(
  base: Run,
  start: Start,
): Promise<{ run: ReleaseRun } & Arrival> {
  const { checkout, weight, revertsCommit = false } = start;
  const run = await beginRelease({ ...base, checkout }, start);
  const steps = weight === undefined ? stepsOfRelease(base.project, checkout) : [];
  const whole = (analysis?: Analysis) =>
    takingUsersOffOnFailure(run, revertsCommit, () => bringUsers(run, start, steps, analysis));
  // While the canary is built, the judge already learns what is usual on the stable.
  const { checkout: passed, ...arrival }: Advanced =
    steps.length > 0 ? await analysing(run, whole) : await whole();
  return { run, ...(passed ? await promotePrepared(run, passed) : arrival) };
}

async function bringUsers(
  run: ReleaseRun,
  { weight, detach, onReady, checkout }: Start,
  steps: readonly Step[],
  analysis: Analysis | undefined,
): Promise<Advanced> {
  await runHooks(run, 'preDeploy');
  // Only the first step: a caller that waits for the canary to be ready does not wait for all of them.
  const begun = steps.length > 0 ? await beginSteps(run, steps) : undefined;
  const arrival = begun ? undefined : await setInitialWeight(run, weight);
  await onReady?.();
  await cleanUp(run.context, run.project, [checkout.commit]);
  if (arrival) return arrival;
  return detach ? leaveAtStep(run) : advance(run, analysis, begun);
}

/** The steps the strategy asks for, with as many replicas as the commit defines. */
export function stepsOfRelease({ config, slice }: Project, { model }: Checkout): Step[] {
  const replicas = slice.map(({ service }) => replicasOf(model.services[service] ?? {}));
  return stepsOf(config, Math.max(1, ...replicas));
}

async function setInitialWeight(run: ReleaseRun, wanted: number | undefined): Promise<Arrival> {
  const { commit, services } = run.release;
  const { state, progress } = await releaseNow(run);
  const weight = wanted ?? (isWaiting(state) ? (await observe(run)).proxy.weight : 0);
  await converge(run, { canary: { commit, services, weight } }, inPhases);
  // Not earlier: until then a canary without all its containers must not be promoted.
  if (progress) await record(run, { type: 'steps-left' });
  const reason = `at ${formatWeight(weight)}, waiting for a person to promote or revert`;
  await changeState(run, 'holding', reason);
  return { state: 'holding', reason, weight };
}

/** A release of this commit that has not ended continues, unless it was judged bad; else this is a new release. */
async function beginRelease(
  run: Run,
  { branch, checkout: { commit, source, pulled }, isPushed = false }: Start,
): Promise<ReleaseRun> {
  const { context, project } = run;
  const services = project.slice.map((member) => member.service);
  const newest = await newestRelease(project);
  if (newest && !hasEnded(newest)) {
    refuseDuringPromotion(newest);
    const earlier = { ...run, release: newest };
    if (isSame(newest, branch, commit, services) && newest.verdict?.result !== 'fail') {
      await record(earlier, { type: 'release-resumed' });
      return earlier;
    }
    await applySplit(project, OFF);
    await recordAbComparison(earlier);
    await replaceRelease(earlier, releaseTitle({ branch, commit, source }));
  }
  const before = (await project.journals.list()).at(-1);
  const id = releaseId(context.clock.now(), commit, before);
  const images = source ? { source } : pulled.length > 0 ? { pulled } : {};
  const release = { id, branch, commit, services, ...images, ...(isPushed && { isPushed }) };
  const subject = source
    ? describeImages(source)
    : await context.git.subject(project.repository, commit);
  const counts = await entryCounts(project);
  const created = { ...run, release };
  await record(created, {
    type: 'release-created',
    ...release,
    project: project.name,
    subject,
    counts,
  });
  return created;
}

function isSame(
  release: Release,
  branch: string,
  commit: string,
  services: readonly string[],
): boolean {
  const sorted = (names: readonly string[]) => [...names].sort().join();
  return (
    release.branch === branch &&
    release.commit === commit &&
    sorted(release.services) === sorted(services)
  );
}
