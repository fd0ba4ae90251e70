import { shortCommit } from '../../compose/model/names.ts';
import type { Arrival } from '../../documents/traffic.ts';
import { hasCode, messageOf } from '../../errors.ts';
import { branchRef } from '../../git/branch-name.ts';
import { type Checkout, checkOut } from '../../project/checkout/checkout.ts';
import { resolveBranch } from '../../project/git/branches.ts';
import { type ReleaseRun, releaseNow } from '../../project/run.ts';
import { runHooks } from '../hooks.ts';
import { requireJudged } from './judged.ts';
import { mergeCandidate } from './merge-candidate.ts';
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
    const { stable } = project.config.git;
    const tip = await resolveBranch(context, project.repository, stable, branchRef(stable));
    if (!(await context.git.isAncestor(project.repository, tip, release.commit)))
      return { refusal: `\`${stable}\` moved on meanwhile; \`canary promote\` merges it.` };
    const commit = await mergeCandidate(context, project, release, undefined);
    const checkout = await checkOut(context, project, commit);
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

/** Promotes a canary that passed every step and was prepared. */
export async function promotePrepared(run: ReleaseRun, checkout: Checkout): Promise<Arrival> {
  await promoteTo(run, checkout, { isAnnounced: true });
  const reason = `every step passed; the stable runs ${shortCommit(checkout.commit)}`;
  return { state: 'promoted', reason, weight: 0 };
}
