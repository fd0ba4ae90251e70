import type { Arrival } from '../../documents/traffic.ts';
import { hasCode, messageOf } from '../../errors.ts';
import { branchRef } from '../../git/branch-name.ts';
import { checkOutRelease } from '../../project/checkout/check-out-release.ts';
import type { Checkout } from '../../project/checkout/checkout.ts';
import { resolveBranch } from '../../project/git/branches.ts';
import { lastingOf } from '../../project/images/lasting.ts';
import { type ReleaseRun, releaseNow } from '../../project/run.ts';
import { type ImageSource, revisionName } from '../../rollout/source.ts';
import { runHooks } from '../hooks.ts';
import { requireJudged } from './judged.ts';
import { promotionCandidate } from './merge-candidate.ts';
import { promoteTo } from './promotion.ts';

/**
 * Finds out, before anything is touched, whether a canary that passed every step can become the stable, and runs the
 * hooks. Only exactly what was judged is promoted automatically: if the stable branch moved on, a merge would differ.
 */
export async function preparePromotion(
  run: ReleaseRun,
): Promise<{ checkout: Checkout } | { refusal: string }> {
  const { context, project, release } = run;
  try {
    const refusal = release.source ? await unaskedLines(run, release.source) : await movedOn(run);
    if (refusal !== undefined) return { refusal };
    const commit = await promotionCandidate(context, project, release, undefined);
    const checkout = await checkOutRelease(context, project, { ...release, commit });
    await requireJudged({ ...run, checkout });
    const { weight } = await releaseNow(run);
    await runHooks(run, 'prePromote', { weight });
    return { checkout };
  } catch (error) {
    run.signal.throwIfAborted();
    if (hasCode(error, 'interrupted')) throw error;
    context.emit({ type: 'warning', text: messageOf(error) });
    return { refusal: messageOf(error) };
  }
}

/** Why a merge would be needed, which nobody has judged. */
async function movedOn({ context, project, release }: ReleaseRun): Promise<string | undefined> {
  const { stable } = project.config.git;
  const tip = await resolveBranch(context, project.repository, stable, branchRef(stable));
  return (await context.git.isAncestor(project.repository, tip, release.commit))
    ? undefined
    : `\`${stable}\` moved on meanwhile; \`canary promote\` merges it.`;
}

/** What a promotion would write to the user's file without having been asked. */
async function unaskedLines(
  { context, project, isSure }: ReleaseRun,
  source: ImageSource,
): Promise<string | undefined> {
  const { write } = await lastingOf(context, project, source);
  if (!write || isSure) return undefined;
  return `the promotion writes ${write.lines.join(', ')} to ${write.file}; \`canary promote\` does it.`;
}

/** Promotes a canary that passed every step and was prepared. */
export async function promotePrepared(run: ReleaseRun, checkout: Checkout): Promise<Arrival> {
  await promoteTo(run, checkout, { isAnnounced: true });
  const reason = `every step passed; the stable runs ${revisionName(checkout)}`;
  return { state: 'promoted', reason, weight: 0 };
}
