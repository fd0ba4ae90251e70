import { shortCommit } from '../compose/names.ts';
import { hasCode, messageOf } from '../errors.ts';
import { branchRef } from '../git/branch-name.ts';
import { formatWeight } from '../proxy/weight.ts';
import type { ReleaseState } from '../rollout/events.ts';
import { reconcile } from '../rollout/reconcile.ts';
import { releaseId } from '../rollout/release.ts';
import type { Plan, Step } from '../rollout/step.ts';
import type { Context } from './context.ts';
import { execute } from './execution/execute.ts';
import { observe } from './execution/observe.ts';
import { type Run, record } from './execution/run.ts';
import { situationOf } from './execution/situation.ts';
import { applyWeight, entryCounts } from './execution/traffic.ts';
import { applyPatches } from './project/apply.ts';
import { resolveBranch } from './project/branches.ts';
import { checkOut } from './project/checkout.ts';
import { locked } from './project/locked.ts';
import { loadProject } from './project/project.ts';
import { refuseDuringPromotion, requireProxy } from './release/guards.ts';
import { clearLeftovers } from './release/leftovers.ts';
import { allReleases, changeState, replaceRelease, withRelease } from './release/releases.ts';
import { entryAddresses } from './up.ts';

export interface DeployOptions {
  branch: string;
  /** The commit to release, where the branch itself points elsewhere yet: what is being pushed to it. */
  commit?: string;
  patches: readonly string[];
  message: string | undefined;
  /** Share of users in percent the canary ends with; as it is when left out and it runs already, else 0. */
  weight: number | undefined;
}

export interface DeployResult {
  release: string;
  branch: string;
  commit: string;
  state: ReleaseState;
  weight: number;
  entries: ReturnType<typeof entryAddresses>;
}

/**
 * Puts a branch beside the stable as its canary: commit, worktree, build, start, ready, traffic. Stops at
 * the given weight, where a person promotes or reverts. Whatever goes wrong on the way, the traffic goes off first.
 */
export async function deploy(context: Context, options: DeployOptions): Promise<DeployResult> {
  const ref = branchRef(options.branch);
  await context.engine.version();
  const project = await loadProject(context);
  const head =
    options.commit ?? (await resolveBranch(context, project.repository, options.branch, ref));
  requireProxy(project, await observe(context, project));

  return locked(context, project, 'deploy', async (signal) => {
    const commit =
      options.patches.length === 0
        ? head
        : await applyPatches(context, project, { ...options, ref, from: head });
    // Before an earlier release ends: a branch that cannot be a canary changes nothing.
    const checkout = await checkOut(context, project, commit);
    const run = await beginRelease({ context, project, checkout, signal }, options.branch, commit);
    try {
      const weight = await release(run, options);
      await clearLeftovers(context, project, [commit]);
      return {
        release: run.release?.id ?? '',
        branch: options.branch,
        commit,
        state: 'paused',
        weight,
        entries: entryAddresses(project),
      };
    } catch (error) {
      await takeTrafficOff(run, error);
      throw error;
    }
  });
}

/** From a commit to a canary with users; every fact on the way goes to the journal. */
async function release(run: Run, options: DeployOptions): Promise<number> {
  const { context, project } = run;
  const commit = run.release?.commit ?? '';
  const observed = await observe(context, project);
  const { checkout } = run;
  const weight = options.weight ?? (run.release?.state === 'paused' ? observed.proxy.weight : 0);
  const services = project.slice.map((member) => member.service);
  const desired = { canary: { commit, services, weight } };
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
async function inPhases(run: Run, plan: Plan): Promise<void> {
  let phase: ReleaseState | undefined;
  for (const step of plan) {
    const next = phaseOf(step) ?? phase;
    if (next && next !== phase)
      await changeState(run, next, `${next} ${shortCommit(run.release?.commit ?? '')}`);
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
  run: Omit<Run, 'release'>,
  branch: string,
  commit: string,
): Promise<Run> {
  const { context, project } = run;
  const services = project.slice.map((member) => member.service);
  const newest = (await allReleases(project)).at(-1);
  if (newest && newest.state !== 'promoted' && newest.state !== 'reverted') {
    refuseDuringPromotion(newest);
    const isSame =
      newest.branch === branch && newest.commit === commit && sameNames(newest.services, services);
    if (isSame) {
      const resumed = await withRelease(run, newest.id);
      await record(resumed, { type: 'release-resumed' });
      return resumed;
    }
    await applyWeight(project, 0);
    const earlier = await withRelease(run, newest.id);
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
  return withRelease(run, id);
}

async function takeTrafficOff(run: Run, error: unknown): Promise<void> {
  await applyWeight(run.project, 0).catch((failure: unknown) =>
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
