import { shortCommit } from '../../compose/names.ts';
import { hasCode, messageOf } from '../../errors.ts';
import { formatWeight } from '../../proxy/weight.ts';
import { OFF } from '../../proxy/weight-map.ts';
import type { ReleaseState } from '../../rollout/events.ts';
import { reconcile } from '../../rollout/reconcile.ts';
import { type Release, releaseId } from '../../rollout/release.ts';
import type { Plan, Step } from '../../rollout/step.ts';
import { execute } from '../execution/execute.ts';
import { observe } from '../execution/observe.ts';
import { type Run, record } from '../execution/run.ts';
import { situationOf } from '../execution/situation.ts';
import { applySplit, entryCounts } from '../execution/traffic.ts';
import type { Checkout } from '../project/checkout.ts';
import { refuseDuringPromotion } from './guards.ts';
import { clearLeftovers } from './leftovers.ts';
import { allReleases, changeState, readRelease, replaceRelease } from './releases.ts';

/** What to release: a commit, already checked out, in the name of a branch. */
export interface Start {
  branch: string;
  checkout: Checkout;
  /** Share of users in percent it ends with; as it is when left out and it runs already, else 0. */
  weight: number | undefined;
  /** What belongs to a canary that is ready, before its release counts as begun well. */
  onReady?: () => Promise<void>;
}

/**
 * From a commit to a canary with users: build, start, ready, traffic; every fact on the way goes to the
 * journal. Whatever goes wrong, the traffic goes off first. Needs the lock.
 */
export async function startRelease(
  base: Pick<Run, 'context' | 'project' | 'signal'>,
  { branch, checkout, weight, onReady }: Start,
): Promise<{ release: Release; weight: number }> {
  const run = await beginRelease({ ...base, checkout }, branch, checkout.commit);
  try {
    const reached = await rampTo(run, weight);
    await onReady?.();
    await clearLeftovers(base.context, base.project, [checkout.commit]);
    return { release: run.release, weight: reached };
  } catch (error) {
    await takeTrafficOff(run, error);
    throw error;
  }
}

type BegunRun = Run & { release: Release; checkout: Checkout };

async function rampTo(run: BegunRun, wanted: number | undefined): Promise<number> {
  const { context, project, checkout, release } = run;
  const observed = await observe(context, project);
  const weight = wanted ?? (release.state === 'paused' ? observed.proxy.weight : 0);
  const services = project.slice.map((member) => member.service);
  const desired = { canary: { commit: release.commit, services, weight } };
  const plan = reconcile(desired, observed, await situationOf(context, project, checkout));
  context.emit({ type: 'plan-made', plan });
  await inPhases(run, plan);
  await changeState(
    run,
    'paused',
    `at ${formatWeight(weight)}, waiting for a person to promote or revert`,
  );
  return weight;
}

/** Does the plan and names the phase in the journal, so that `status` tells where it is. */
async function inPhases(run: BegunRun, plan: Plan): Promise<void> {
  let phase: ReleaseState | undefined;
  for (const step of plan) {
    const next = phaseOf(step) ?? phase;
    if (next && next !== phase)
      await changeState(run, next, `${next} ${shortCommit(run.release.commit)}`);
    phase = next;
    await execute(run, [step]);
  }
}

function phaseOf(step: Step): ReleaseState | undefined {
  if (step.kind === 'build') return 'building';
  if (step.kind === 'start-canary') return 'starting';
  if (step.kind === 'set-weight' && step.weight > 0) return 'ramping';
  return undefined;
}

/** The release of this commit goes on if its deploy did not end well; any other attempt is a new release. */
async function beginRelease(
  run: Omit<BegunRun, 'release'>,
  branch: string,
  commit: string,
): Promise<BegunRun> {
  const { context, project } = run;
  const services = project.slice.map((member) => member.service);
  const newest = (await allReleases(project)).at(-1);
  if (newest && newest.state !== 'promoted' && newest.state !== 'reverted') {
    refuseDuringPromotion(newest);
    const isSame =
      newest.branch === branch && newest.commit === commit && sameNames(newest.services, services);
    const earlier = { ...run, release: newest };
    if (isSame) {
      await record(earlier, { type: 'release-resumed' });
      return earlier;
    }
    await applySplit(project, OFF);
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

async function takeTrafficOff(run: BegunRun, error: unknown): Promise<void> {
  await applySplit(run.project, OFF).catch((failure: unknown) =>
    run.context.emit({
      type: 'warning',
      text: `The traffic could not be taken off: ${messageOf(failure)}`,
    }),
  );
  await record(run, { type: 'weight-set', weight: 0, counts: await entryCounts(run.project) });
  const interrupted = hasCode(error, 'interrupted') || hasCode(error, 'stopped');
  await changeState(
    run,
    'failed',
    interrupted ? 'interrupted; no user is on the canary' : messageOf(error),
  );
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return [...left].sort().join() === [...right].sort().join();
}
