import type { Context } from '../context.ts';
import { findState, loadProject } from '../project/load.ts';
import { takingOverLock } from '../project/with-lock.ts';
import { tellDatabaseChanges } from '../release/database-changes.ts';
import { runHooks } from '../release/hooks.ts';
import { finishPromotion } from '../release/promotion.ts';
import { changeState, currentRelease } from '../release/releases.ts';
import { removeCanary, trafficOff } from '../release/retire.ts';

export interface AbortResult {
  /** The release taken back, or `null` when none was there. */
  release: string | null;
  changed: boolean;
  /** What its canary changed in the shared databases, which stays. */
  databaseChanges: string[];
}

/** Takes every user off the canary at once, then removes it. Does nothing when nothing runs. */
export async function abort(context: Context): Promise<AbortResult> {
  await trafficOff(context, await findState(context));
  const project = await loadProject(context, 'optional');
  await context.engine.version();
  return takingOverLock(context, project, 'abort', async (signal) => {
    const finished = await finishPromotion({ context, project, signal });
    const release = await currentRelease(project);
    const run = { context, project, checkout: undefined, release, signal };
    if (release) await changeState(run, 'reverting', 'aborted by hand');
    const changed = await removeCanary(run);
    const databaseChanges = await tellDatabaseChanges(run, true);
    if (release) {
      await changeState(run, 'reverted', 'aborted by hand');
      await runHooks({ ...run, release }, 'onRevert', { weight: 0, reason: 'aborted by hand' });
    }
    return {
      release: release?.id ?? null,
      changed: finished || changed || release !== undefined,
      databaseChanges,
    };
  });
}
