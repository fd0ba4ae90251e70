import type { Context } from '../context.ts';
import { execute } from '../execution/execute.ts';
import { situationOf } from '../execution/facts.ts';
import { breakerTripped } from '../execution/operations/breaker.ts';
import { checkOut } from '../project/checkout/checkout.ts';
import type { Project } from '../project/load.ts';
import { type Run, record } from '../project/run.ts';
import { formatWeight } from '../proxy/weight.ts';
import { changeState } from '../release/releases.ts';
import { withRunningCanary } from '../release/with-running-canary.ts';
import type { Observed } from '../rollout/observed.ts';
import type { Plan } from '../rollout/operation.ts';
import { isPartial } from '../rollout/progress.ts';
import { reconcile } from '../rollout/reconcile.ts';
import type { Release } from '../rollout/release.ts';
import { requireWeight } from '../rollout/strategy-rules.ts';

/** Sets the share of users on the canary that runs, by hand; from then on its steps do not count any more. */
export async function weight(
  context: Context,
  weight: number,
): Promise<{ release: string; weight: number }> {
  const check = ({ config }: Project, release: Release | undefined) =>
    requireWeight(release?.progress?.strategy ?? config.strategy.kind, weight, 'weight');
  const options = { check, takesOver: true, takesOff: weight === 0 };
  return withRunningCanary(context, 'weight', options, async (run, observed) => {
    const { id, services, progress } = run.release;
    const ready: Plan = [
      { kind: 'await-ready', side: 'canary', services, cause: 'only a ready canary gets users' },
    ];
    if (progress && isPartial(progress)) {
      await growWhole(run, observed, weight);
    } else {
      await execute(run, [
        ...(weight > 0 ? ready : []),
        { kind: 'set-weight', weight, cause: 'asked for' },
      ]);
    }
    if (progress) await record(run, { type: 'steps-left' });
    await changeState(run, 'paused', `at ${formatWeight(weight)}, set by hand`);
    return { release: id, weight };
  });
}

/** Without its steps nothing would bring a rolling canary to all its containers. */
async function growWhole(
  run: Run & { release: Release },
  observed: Observed,
  weight: number,
): Promise<void> {
  const { context, project } = run;
  const { commit, services } = run.release;
  if (observed.proxy.tripped.length > 0) throw breakerTripped(observed.proxy.tripped);
  const checkout = await checkOut(context, project, commit);
  const situation = await situationOf(context, project, checkout, run.release);
  const replicas = Math.max(...services.map(situation.replicas));
  const plan = reconcile({ canary: { commit, services, weight, replicas } }, observed, situation);
  await execute({ ...run, checkout }, plan);
}
