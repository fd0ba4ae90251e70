import type { Context } from '../context.ts';
import type { PromoteResult } from '../documents/traffic.ts';
import { observe } from '../execution/observe.ts';
import { entryCounts } from '../execution/split.ts';
import { checkOut } from '../project/checkout/checkout.ts';
import { loadLiveProject } from '../project/load.ts';
import { countsSince } from '../proxy/counts.ts';
import { requireCanary, requireProxy } from '../release/guards.ts';
import { mergeCandidate } from '../release/promotion/merge-candidate.ts';
import { promoteTo } from '../release/promotion/promotion.ts';
import { currentRelease } from '../release/records/releases.ts';
import { withLock } from '../release/with-lock.ts';
import { requireProven } from '../rollout/proven.ts';
import { requirePromotable } from '../rollout/strategy-rules.ts';

/**
 * Makes the canary's code the stable, without downtime: merges, sends every user to the canary, replaces the stable
 * while it has none, sends users back, moves the branch, removes the canary. A failure restores the stable.
 * The message is that of the merge commit, if one is made. `isForced`: also what nothing speaks for.
 */
export async function promote(
  context: Context,
  { message, isForced }: { message: string | undefined; isForced: boolean },
): Promise<PromoteResult> {
  const project = await loadLiveProject(context);
  return withLock(context, project, 'promote', async (signal) => {
    const observed = await observe({ context, project });
    requireProxy(project, observed);
    const release = requireCanary(await currentRelease(project), observed);
    requirePromotable(project.config.strategy.kind, release);
    const { canary } = countsSince(await entryCounts(project), release.countsAtStart);
    if (!isForced) requireProven(release, canary);
    const commit =
      release.replacing?.commit ?? (await mergeCandidate(context, project, release, message));
    const checkout = await checkOut(context, project, commit);
    const run = { context, project, release, signal };
    const { databaseChanges } = await promoteTo(run, checkout, { isForced });
    return { release: release.id, branch: project.config.git.stable, commit, databaseChanges };
  });
}
