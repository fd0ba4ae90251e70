import { formatWeight } from '../proxy/weight.ts';
import { byWeight, sameSplit } from '../proxy/weight-map.ts';
import { reconcile } from '../rollout/reconcile.ts';
import type { Context } from './context.ts';
import { execute } from './execution/execute.ts';
import { situationOf } from './execution/situation.ts';
import { changeState } from './release/releases.ts';
import { steering } from './release/steering.ts';

/** Gives a canary its users back that `pause` or the breaker took. */
export async function resume(
  context: Context,
): Promise<{ release: string; weight: number; changed: boolean }> {
  return steering(context, 'resume', async (run, observed) => {
    const { id, commit, services, heldWeight } = run.release;
    const weight = heldWeight ?? observed.proxy.weight;
    const isSplit = sameSplit(observed.proxy, byWeight(weight));
    const changed = !isSplit || observed.proxy.tripped.length > 0;
    if (!changed) return { release: id, weight, changed };
    const situation = await situationOf(run.context, run.project);
    await execute(run, reconcile({ canary: { commit, services, weight } }, observed, situation));
    await changeState(run, 'paused', `at ${formatWeight(weight)}, resumed by hand`);
    return { release: id, weight, changed };
  });
}
