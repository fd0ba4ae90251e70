import type { Context } from '../context.ts';
import { converge } from '../execution/converge.ts';
import { execute } from '../execution/execute.ts';
import { breakerTripped } from '../execution/operations/breaker.ts';
import { checkOutRelease } from '../project/checkout/check-out-release.ts';
import type { Project } from '../project/load.ts';
import { type ReleaseRun, record } from '../project/run.ts';
import { formatWeight } from '../proxy/weight.ts';
import { changeState } from '../release/records/releases.ts';
import { withRunningCanary } from '../release/with-running-canary.ts';
import type { Observed } from '../rollout/observed.ts';
import type { Plan } from '../rollout/operation.ts';
import { isPartial } from '../rollout/progress.ts';
import type { Release } from '../rollout/release.ts';
import { requireWeight } from '../rollout/strategy-rules.ts';

/** Sets the share of users on the running canary, by hand; from then on its steps no longer apply. */
export async function weight(
  context: Context,
  weight: number,
): Promise<{ release: string; weight: number }> {
  const check = ({ config }: Project, release: Release | undefined) =>
    requireWeight(release?.progress?.strategy ?? config.strategy.kind, weight, 'weight');
  const options = { check, takesOver: true, takesOff: weight === 0 };
  return withRunningCanary(context, 'weight', options, async (run, release, observed) => {
    const { id, services, progress } = release;
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
    await changeState(run, 'holding', `at ${formatWeight(weight)}, set by hand`);
    return { release: id, weight };
  });
}

/** Without its steps nothing would start all containers of a rolling canary. */
async function growWhole(
  run: ReleaseRun,
  { proxy: { tripped } }: Observed,
  weight: number,
): Promise<void> {
  const { context, project } = run;
  const { commit, services } = run.release;
  if (tripped.length > 0) throw breakerTripped(tripped);
  const checkout = await checkOutRelease(context, project, run.release);
  await converge({ ...run, checkout }, ({ situation }) => {
    const replicas = Math.max(...services.map(situation.replicas));
    return { canary: { commit, services, weight, replicas } };
  });
}
