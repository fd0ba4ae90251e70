import type { Context } from '../context.ts';
import { execute } from '../execution/execute.ts';
import { situationOf } from '../execution/facts.ts';
import { observe } from '../execution/observe.ts';
import { writeOverride } from '../execution/override-file.ts';
import { findState, loadLiveProject } from '../project/load.ts';
import type { Run } from '../project/run.ts';
import { takingOverLock } from '../project/with-lock.ts';
import { tellDatabaseChanges } from '../release/database-changes.ts';
import { finishPromotion } from '../release/promotion.ts';
import { changeState, currentRelease } from '../release/releases.ts';
import { removeCanary, trafficOff } from '../release/retire.ts';
import { reconcile } from '../rollout/reconcile.ts';

/** Takes canary and proxy away and gives the ports back to the services. */
export async function down(context: Context): Promise<{ project: string; changed: boolean }> {
  await trafficOff(context, await findState(context));
  const project = await loadLiveProject(context, 'optional');
  return takingOverLock(context, project, 'down', async (signal) => {
    await finishPromotion({ context, project, signal });
    const release = await currentRelease(project);
    const run: Run = { context, project, checkout: undefined, release, signal };
    if (release) await changeState(run, 'reverting', 'taken away by `canary down`');
    const hadCanary = await removeCanary(run);
    await tellDatabaseChanges(run, true);
    const observed = await observe(context, project);
    const plan = reconcile({ proxy: 'absent' }, observed, await situationOf(context, project));
    context.emit({ type: 'plan-made', plan });
    await execute(run, plan);
    // Not removed: the user may have named it in COMPOSE_FILE.
    await writeOverride(project, 'services: {}\n');
    if (release) await changeState(run, 'reverted', 'taken away by `canary down`');
    return { project: project.name, changed: hadCanary || plan.length > 0 };
  });
}
