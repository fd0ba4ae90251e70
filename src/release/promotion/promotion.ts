import { messageOf } from '../../errors.ts';
import { converge, planFor } from '../../execution/converge.ts';
import { execute } from '../../execution/execute.ts';
import { overrideText, writeOverride } from '../../execution/override-file.ts';
import { checkOutRelease } from '../../project/checkout/check-out-release.ts';
import type { Checkout } from '../../project/checkout/checkout.ts';
import { lastingOf } from '../../project/images/lasting.ts';
import { type ReleaseRun, type Run, record, releaseNow, unstoppable } from '../../project/run.ts';
import type { Plan } from '../../rollout/operation.ts';
import type { Release } from '../../rollout/release.ts';
import { revisionName } from '../../rollout/source.ts';
import { recordAbComparison } from '../ending/record-ab-comparison.ts';
import { restoreOf } from '../ending/remove-canary.ts';
import { runHooks } from '../hooks.ts';
import { cleanUp } from '../records/clean-up.ts';
import { tellDatabaseChanges } from '../records/database-changes.ts';
import { changeState } from '../records/releases.ts';
import { requireJudged } from './judged.ts';
import {
  changedPaths,
  findMovedFiles,
  type PromotionRun,
  refuseWithoutConfig,
  sayWhatStays,
} from './promotable.ts';

/**
 * Makes a commit the stable while the canary of a release serves every user: replaces the stable, sends users back,
 * moves the stable branch to the commit, removes the canary. A failure restores the stable. Needs the lock.
 * `isAnnounced`: the hooks that come before have run. `isForced`: also what was not judged as it is. Returns what stays changed in the shared databases.
 */
export async function promoteTo(
  base: ReleaseRun,
  checkout: Checkout,
  { isAnnounced = false, isForced = false }: { isAnnounced?: boolean; isForced?: boolean } = {},
): Promise<{ databaseChanges: string[] }> {
  const run: PromotionRun = { ...base, checkout };
  const { context, project } = run;
  const { commit } = checkout;
  const paths = await changedPaths(run);
  await refuseWithoutConfig(run, paths);
  if (!isForced) await requireJudged(run);
  const movedFiles = await findMovedFiles(run, paths);
  const lasting = checkout.source && (await lastingOf(context, project, checkout.source));
  const branch = lasting ? undefined : project.config.git.stable;
  const promote = { commit, branch, variables: lasting?.write, movedFiles };
  await converge(run, { promote, canary: null }, async (_, plan) => {
    // A push can promote an A/B test.
    await recordAbComparison(run);
    const { weight } = await releaseNow(run);
    if (!isAnnounced) await runHooks(run, 'prePromote', { weight });
    await changeState(run, 'promoting', `to ${revisionName(checkout)}`);
    await executeOrPutBack(run, plan);
  });
  await writeOverride(project, overrideText(project, undefined));
  await record(run, { type: 'stable-replaced', commit });
  await changeState(run, 'promoted', `the stable runs ${revisionName(checkout)}`);
  sayWhatStays(run, paths);
  for (const text of lasting?.left ?? []) context.emit({ type: 'warning', text });
  const databaseChanges = await tellDatabaseChanges(run, false);
  await runHooks(run, 'postPromote', { weight: 0 });
  await cleanUp(context, project, []);
  return { databaseChanges };
}

/**
 * Finishes a promotion that was cut off before its last facts were recorded: the branch has moved and the stable runs
 * what it should. Returns whether there was one. Needs the lock.
 */
export async function finishPromotion(
  { context, project, signal }: Run,
  release: Release | undefined,
): Promise<boolean> {
  if (!release?.replacing) return false;
  const run = { context, project, signal, release };
  const seen = await planFor(run, {});
  if ((await restoreOf(run, release, seen)).restore) return false;
  context.emit({
    type: 'notice',
    text: `The promotion of release ${release.id} was almost done; canary finishes it first.`,
  });
  const { commit } = release.replacing;
  await promoteTo(run, await checkOutRelease(context, project, { ...release, commit }));
  return true;
}

async function executeOrPutBack(run: PromotionRun, plan: Plan): Promise<void> {
  try {
    await execute(run, plan);
  } catch (error) {
    // Not with the signal that may have stopped the promotion: the stable must be restored completely.
    await putBack(unstoppable(run), `the promotion failed: ${messageOf(error)}`);
    throw error;
  }
}

/** After a failed promotion: restores the stable, sends its users back to it, keeps the canary for inspection. */
async function putBack(run: PromotionRun, reason: string): Promise<void> {
  const release = await releaseNow(run);
  try {
    const seen = await planFor(run, {});
    const { restore } = await restoreOf(run, release, seen);
    if (restore) {
      await converge({ ...run, checkout: undefined }, { restore });
      await record(run, { type: 'stable-restored' });
    } else if (!release.replacing) {
      await execute(run, [{ kind: 'send-everyone', to: 'stable', cause: 'the promotion failed' }]);
    }
    // A completely replaced stable stays; the next `promote` does the rest.
    await changeState(run, release.replacing && !restore ? 'failed' : 'holding', reason);
  } catch (failure) {
    run.context.emit({
      type: 'warning',
      text: `The stable could not be put back (${messageOf(failure)}); the canary keeps serving. Run \`canary abort\` to try again.`,
    });
    await changeState(run, 'failed', reason);
  }
}
