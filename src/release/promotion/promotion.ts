import { shortCommit } from '../../compose/model/names.ts';
import { messageOf } from '../../errors.ts';
import { converge, planFor } from '../../execution/converge.ts';
import { execute } from '../../execution/execute.ts';
import { overrideText, writeOverride } from '../../execution/override-file.ts';
import { type Checkout, checkOut } from '../../project/checkout/checkout.ts';
import { type ReleaseRun, type Run, record, releaseNow, unstoppable } from '../../project/run.ts';
import type { Plan } from '../../rollout/operation.ts';
import { recordAbComparison } from '../ending/record-ab-comparison.ts';
import { restoreOf } from '../ending/remove-canary.ts';
import { runHooks } from '../hooks.ts';
import { cleanUp } from '../records/clean-up.ts';
import { tellDatabaseChanges } from '../records/database-changes.ts';
import { changeState, currentRelease } from '../records/releases.ts';
import {
  changedPaths,
  findMovedFiles,
  type PromotionRun,
  refuseWithoutConfig,
  sayWhatStays,
} from './promotable.ts';

/**
 * Makes a commit the stable while the canary of a release serves every user: stable replaced, users back,
 * stable branch moved to the commit, canary removed. A failure puts the stable back. Needs the lock. `isAnnounced`: the
 * hooks that come before have run. Gives what stays changed in the shared databases.
 */
export async function promoteTo(
  base: ReleaseRun,
  checkout: Checkout,
  { isAnnounced = false }: { isAnnounced?: boolean } = {},
): Promise<{ databaseChanges: string[] }> {
  const run: PromotionRun = { ...base, checkout };
  const { context, project } = run;
  const { commit } = checkout;
  const paths = await changedPaths(run);
  await refuseWithoutConfig(run, paths);
  const movedFiles = await findMovedFiles(run, paths);
  const promote = { commit, branch: project.config.git.stable, movedFiles };
  await converge(run, { promote, canary: null }, async (_, plan) => {
    // A push can make an A/B test the stable.
    await recordAbComparison(run);
    const { weight } = await releaseNow(run);
    if (!isAnnounced) await runHooks(run, 'prePromote', { weight });
    await changeState(run, 'promoting', `to ${shortCommit(commit)}`);
    await executeOrPutBack(run, plan);
  });
  await record(run, { type: 'stable-replaced', commit });
  await writeOverride(project, overrideText(project, undefined));
  await changeState(run, 'promoted', `the stable runs ${shortCommit(commit)}`);
  sayWhatStays(run, paths);
  const databaseChanges = await tellDatabaseChanges(run, false);
  await runHooks(run, 'postPromote', { weight: 0 });
  await cleanUp(context, project, []);
  return { databaseChanges };
}

/**
 * Ends a promotion that was cut off when all but its last facts were there: the branch has moved and the stable runs
 * what it should. Says whether there was one. Needs the lock.
 */
export async function finishPromotion({ context, project, signal }: Run): Promise<boolean> {
  const release = await currentRelease(project);
  if (!release?.replacing) return false;
  const run = { context, project, signal, release };
  const seen = await planFor(run, {});
  if ((await restoreOf(run, release, seen)).restore) return false;
  context.emit({
    type: 'notice',
    text: `The promotion of release ${release.id} was almost done; canary finishes it first.`,
  });
  await promoteTo(run, await checkOut(context, project, release.replacing.commit));
  return true;
}

async function executeOrPutBack(run: PromotionRun, plan: Plan): Promise<void> {
  try {
    await execute(run, plan);
  } catch (error) {
    // Not the signal that may have stopped the promotion: putting back has to come to its end.
    await putBack(unstoppable(run), `the promotion failed: ${messageOf(error)}`);
    throw error;
  }
}

/** After a failed promotion: the stable as it was, its users back on it, the canary kept for a look. */
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
    // A stable that was replaced whole stays; what is left to do is for the next `promote`.
    await changeState(run, release.replacing && !restore ? 'failed' : 'holding', reason);
  } catch (failure) {
    run.context.emit({
      type: 'warning',
      text: `The stable could not be put back (${messageOf(failure)}); the canary keeps serving. Run \`canary abort\` to try again.`,
    });
    await changeState(run, 'failed', reason);
  }
}
