import type { ImageWishes } from '../compose/images/wanted.ts';
import type { Exception } from '../config/exception.ts';
import type { Context } from '../context.ts';
import type { DeployResult } from '../documents/traffic.ts';
import { observe } from '../execution/observe.ts';
import { branchRef } from '../git/branch-name.ts';
import { foreseeRelease } from '../probes/foresee.ts';
import { warnOfExpired } from '../project/certificates.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import { checkoutWarnings } from '../project/checkout/warnings.ts';
import { loadLiveProject, type Project } from '../project/load.ts';
import { agree } from '../rehearsal/agreement.ts';
import { requireProxy } from '../release/guards.ts';
import { finishPromotion } from '../release/promotion/promotion.ts';
import { currentRelease, newestRelease } from '../release/records/releases.ts';
import { startRelease, stepsOfRelease } from '../release/start.ts';
import { withLock } from '../release/with-lock.ts';
import { requireWeight } from '../rollout/strategy-rules.ts';
import { type BranchOptions, branchCandidate } from './candidates/branch.ts';
import { imageCandidate } from './candidates/images.ts';
import { entryAddresses } from './up.ts';

export interface DeployOptions {
  /** What is released: a branch, or images that were built elsewhere. */
  source: BranchOptions | ImageWishes;
  /** Share of users in percent the canary ends with; the strategy's own steps when left out. */
  weight: number | undefined;
  /** What the user allows in the rehearsal, such as `destructive:TABLE`. */
  allow?: readonly Exception[];
  /** Whether a promotion at the end of the steps may write to the file from which plain Compose takes the images. */
  isSure?: boolean;
  /** Ends once the first step is in force; `resume` continues. */
  detach?: boolean;
}

/**
 * Puts a branch or images beside the stable as its canary: build or pull, start, ready, traffic. Stops at the given
 * weight or after the steps of the strategy, where a person promotes or reverts. `null` if the stable is that already.
 */
export async function deploy(
  context: Context,
  options: DeployOptions,
): Promise<DeployResult | null> {
  const { source } = options;
  if ('branch' in source) branchRef(source.branch);
  const project = await loadLiveProject(context);
  warnOfExpired(context, project.proxy.certificates);
  if (options.weight !== undefined)
    requireWeight(project.config.strategy.kind, options.weight, 'deploy');
  const isPushed = 'branch' in source && source.ahead?.isPushed === true;
  const toRelease = async () =>
    'branch' in source
      ? branchCandidate(context, project, source)
      : imageCandidate(context, project, source);
  requireProxy(project, await observe({ context, project }));
  const candidate = await toRelease();
  if (!candidate) return null;
  const { branch } = candidate;
  sayHowToLook(context, project);

  return withLock(context, project, 'deploy', async (signal) => {
    // Before anything is done: the user may not agree.
    const agreement = await agree(context, project, options.allow ?? [], signal);
    // Before an earlier release ends: what cannot be a canary changes nothing.
    const checkout = await candidate.checkOut();
    const { commit } = checkout;
    for (const text of await checkoutWarnings(context, project, checkout))
      context.emit({ type: 'warning', text });
    await foretell(context, project, checkout, options.weight);
    const base = { context, project, signal, agreement, isSure: options.isSure };
    await finishPromotion(base, await currentRelease(project));
    try {
      const { run, ...arrival } = await startRelease(base, {
        branch,
        checkout,
        weight: options.weight,
        // A push cannot stay open for the days of an A/B test.
        detach: options.detach ?? (isPushed && project.config.strategy.kind === 'ab'),
        // The user who pushed has the commit; a revert commit on top of it would be in the way of the next push.
        revertsCommit: !isPushed,
        isPushed,
        onReady: candidate.onReady,
      });
      const entries = entryAddresses(project);
      const { id } = run.release;
      return { release: id, branch, commit, source: checkout.source ?? null, ...arrival, entries };
    } catch (error) {
      if (await hadUsers(project, commit)) await candidate.onFailureWithUsers?.();
      throw error;
    }
  });
}

/** Says what the release will take, before anything is done: the user may interrupt. */
async function foretell(
  context: Context,
  project: Project,
  checkout: Checkout,
  weight: number | undefined,
): Promise<void> {
  const steps = weight === undefined ? stepsOfRelease(project, checkout) : [];
  const forecast = await foreseeRelease({ context, project }, { steps, weight });
  if (forecast) context.emit({ type: 'foreseen', forecast });
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
