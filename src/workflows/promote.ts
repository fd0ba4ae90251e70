import type { Context } from '../context.ts';
import type { PromoteResult } from '../documents/traffic.ts';
import { CanaryError } from '../errors.ts';
import { observe } from '../execution/observe.ts';
import { entryCounts } from '../execution/split.ts';
import { checkOutRelease } from '../project/checkout/check-out-release.ts';
import { lastingOf } from '../project/images/lasting.ts';
import { loadLiveProject, type Project } from '../project/load.ts';
import { countsSince } from '../proxy/counts.ts';
import { requireCanary, requireProxy } from '../release/guards.ts';
import { checkOutCandidate, promotionCandidate } from '../release/promotion/merge-candidate.ts';
import { promoteTo } from '../release/promotion/promotion.ts';
import { currentRelease } from '../release/records/releases.ts';
import { takingOver, withLock } from '../release/with-lock.ts';
import { requireProven } from '../rollout/proven.ts';
import type { Release } from '../rollout/release.ts';
import type { ImageSource } from '../rollout/source.ts';
import { requirePromotable } from '../rollout/strategy-rules.ts';

/**
 * Makes the canary's code the stable, without downtime: merges, sends every user to the canary, replaces the stable
 * while it has none, sends users back, moves the branch, removes the canary. A failure restores the stable.
 * The message is that of the merge commit, if one is made. `isForced`: also what nothing speaks for. `isNow`: also
 * while `deploy` or `resume` goes through the steps: that command ends and leaves the users to this one.
 */
export async function promote(
  context: Context,
  {
    message,
    isNow,
    isForced,
    isSure,
  }: { message: string | undefined; isNow: boolean; isForced: boolean; isSure: boolean },
): Promise<PromoteResult> {
  const project = await loadLiveProject(context);
  const promotable = () => promotableRelease(context, project, isForced);
  // Before another command is asked to stop.
  if (isNow) await promotable();
  const underLock = async (signal: AbortSignal): Promise<PromoteResult> => {
    const release = await promotable();
    const { source } = release;
    if (source && !release.replacing && !isSure) await askToWrite(context, project, source);
    const commit =
      release.replacing?.commit ?? (await promotionCandidate(context, project, release, message));
    const checkout = release.replacing
      ? await checkOutRelease(context, project, { ...release, commit })
      : await checkOutCandidate(context, project, release, commit);
    const run = { context, project, release, signal };
    const { databaseChanges } = await promoteTo(run, checkout, { isForced });
    const branch = source ? '' : project.config.git.stable;
    return { release: release.id, branch, commit, source: source ?? null, databaseChanges };
  };
  return isNow
    ? takingOver('advance', context, project, 'promote', underLock)
    : withLock(context, project, 'promote', underLock);
}

/** The release whose canary may become the stable; throws what is in the way. */
async function promotableRelease(
  context: Context,
  project: Project,
  isForced: boolean,
): Promise<Release> {
  const observed = await observe({ context, project });
  requireProxy(project, observed);
  const release = requireCanary(await currentRelease(project), observed);
  requirePromotable(project.config.strategy.kind, release);
  const { canary } = countsSince(await entryCounts(project), release.countsAtStart);
  if (!isForced) requireProven(release, canary);
  return release;
}

/** The env file is the user's: a promotion changes it only if the user agrees. Throws `answer-needed`. */
async function askToWrite(context: Context, project: Project, source: ImageSource): Promise<void> {
  const { write } = await lastingOf(context, project, source);
  if (!write) return;
  const what = `writes ${write.lines.join(', ')} to ${write.file}`;
  if (await context.prompt.confirm(`The promotion ${what}, so that plain Compose keeps it. Go on?`))
    return;
  throw new CanaryError('answer-needed', `The promotion ${what}, so that plain Compose keeps it.`, {
    hint: 'Agree with `canary promote --yes`. Nothing was changed.',
  });
}
