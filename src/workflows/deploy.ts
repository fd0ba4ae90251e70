import type { Exception } from '../config/exception.ts';
import type { Context } from '../context.ts';
import type { DeployResult } from '../documents/traffic.ts';
import { observe } from '../execution/observe.ts';
import { branchRef } from '../git/branch-name.ts';
import { warnOfExpired } from '../project/certificates.ts';
import { checkOut } from '../project/checkout/checkout.ts';
import { trustOf } from '../project/checkout/trust.ts';
import { checkoutWarnings } from '../project/checkout/warnings.ts';
import { applyPatches } from '../project/git/apply-patches.ts';
import { advanceBranch, requireUnmoved, resolveBranch } from '../project/git/branches.ts';
import { loadLiveProject, type Project } from '../project/load.ts';
import { agree } from '../rehearsal/agreement.ts';
import { requireProxy } from '../release/guards.ts';
import { finishPromotion } from '../release/promotion/promotion.ts';
import { currentRelease, newestRelease } from '../release/records/releases.ts';
import { startRelease } from '../release/start.ts';
import { withLock } from '../release/with-lock.ts';
import { requireWeight } from '../rollout/strategy-rules.ts';
import { entryAddresses } from './up.ts';

export interface DeployOptions {
  branch: string;
  /** What is being pushed to the branch: it is released, and the branch is moved to it once that is done. */
  pushed?: { commit: string; from: string | undefined };
  patches: readonly string[];
  message: string | undefined;
  /** Share of users in percent the canary ends with; the strategy's own steps when left out. */
  weight: number | undefined;
  /** What the user allows in the rehearsal, such as `destructive:TABLE`. */
  allow?: readonly Exception[];
  /** Ends once the first step is in force; `resume` continues. */
  detach?: boolean;
}

/**
 * Puts a branch beside the stable as its canary: commit, worktree, build, start, ready, traffic. Stops at the given
 * weight or after the steps of the strategy, where a person promotes or reverts.
 */
export async function deploy(context: Context, options: DeployOptions): Promise<DeployResult> {
  const { branch } = options;
  const ref = branchRef(branch);
  const project = await loadLiveProject(context);
  warnOfExpired(context, project.proxy.certificates);
  if (options.weight !== undefined)
    requireWeight(project.config.strategy.kind, options.weight, 'deploy');
  const { pushed } = options;
  const head = pushed?.commit ?? (await resolveBranch(context, project.repository, branch, ref));
  requireProxy(project, await observe({ context, project }));
  sayHowToLook(context, project);

  return withLock(context, project, 'deploy', async (signal) => {
    if (pushed) await requireUnmoved(context, project, { ref, from: pushed.from });
    // Before anything is done: the user may not agree.
    const agreement = await agree(context, project, options.allow ?? [], signal);
    const commit =
      options.patches.length === 0
        ? head
        : await applyPatches(context, project, { ...options, ref, from: head });
    // Before an earlier release ends: a branch that cannot be a canary changes nothing.
    const trust = pushed && (await trustOf(context, project));
    const checkout = await checkOut(context, project, commit, { vetFiles: trust?.vetFiles });
    await trust?.vet(checkout);
    for (const text of await checkoutWarnings(context, project, checkout))
      context.emit({ type: 'warning', text });
    const base = { context, project, signal, agreement };
    await finishPromotion(base, await currentRelease(project));
    const moveBranch = async () => {
      if (pushed)
        await advanceBranch(context, project, { ref, from: pushed.from ?? '', to: commit });
    };
    try {
      const { run, ...arrival } = await startRelease(base, {
        branch,
        checkout,
        weight: options.weight,
        // A push cannot stay open for the days of an A/B test.
        detach: options.detach ?? (pushed !== undefined && project.config.strategy.kind === 'ab'),
        // The user who pushed has the commit; a revert commit on top of it would be in the way of the next push.
        revertsCommit: pushed === undefined,
        onReady: moveBranch,
      });
      const entries = entryAddresses(project);
      return { release: run.release.id, branch, commit, ...arrival, entries };
    } catch (error) {
      // Users have seen it: the branch must contain what they saw.
      if (await hadUsers(project, commit)) await moveBranch().catch(() => undefined);
      throw error;
    }
  });
}

/** A canary that no one has looked at should not get all users at once. */
function sayHowToLook({ emit }: Context, { config, slice }: Project): void {
  if (config.strategy.kind !== 'blue-green' || slice.some(({ entry }) => entry?.preview)) return;
  emit({
    type: 'warning',
    text: `No entry has a \`preview\` port in canary.yaml: before everybody gets the canary, look at it with the header \`${config.force.header}: canary\`.`,
  });
}

/** Whether the release that has just failed is of this commit and had users. */
async function hadUsers(project: Project, commit: string): Promise<boolean> {
  const release = await newestRelease(project);
  return release?.commit === commit && release.weights.some(({ weight }) => weight > 0);
}
