import type { Context } from '../context.ts';
import { execute } from '../execution/execute.ts';
import { record } from '../project/run.ts';
import { formatWeight } from '../proxy/weight.ts';
import { changeState } from '../release/records/releases.ts';
import { withRunningCanary } from '../release/with-running-canary.ts';
import type { ReleaseState } from '../rollout/events.ts';
import type { Release } from '../rollout/release.ts';

/** In these states a release has users, unless a command was killed. */
const CUT_OFF: readonly ReleaseState[] = ['holding', 'advancing'];

/** Takes the canary's users away for a while; the weight they had is recorded for `resume`. */
export async function pause(
  context: Context,
): Promise<{ release: string; weight: number; changed: boolean }> {
  return withRunningCanary(
    context,
    'pause',
    { takesOver: true, takesOff: true },
    async (run, release, observed) => {
      const { everyoneOn, isUnkept } = observed.proxy;
      const { id, pausedWeight, state } = release;
      const isOff = everyoneOn === 'stable';
      // A command that took them off may have been killed before it had written that down.
      const isDone = isOff && !isUnkept && !CUT_OFF.includes(state);
      if (isDone) return { release: id, weight: pausedWeight ?? 0, changed: false };
      const weight = isOff ? lastWeight(release) : observed.proxy.weight;
      await execute(run, [{ kind: 'send-everyone', to: 'stable', cause: 'asked for' }]);
      await record(run, { type: 'release-paused', weight });
      await changeState(run, 'paused', `by hand, at ${formatWeight(weight)} before`);
      return { release: id, weight, changed: true };
    },
  );
}

/** The weight that users had before they were taken off. */
function lastWeight({ weights }: Release): number {
  return weights.findLast(({ weight }) => weight > 0)?.weight ?? 0;
}
