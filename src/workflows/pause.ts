import type { Context } from '../context.ts';
import { execute } from '../execution/execute.ts';
import { record } from '../project/run.ts';
import { formatWeight } from '../proxy/weight.ts';
import { changeState } from '../release/records/releases.ts';
import { withRunningCanary } from '../release/with-running-canary.ts';

/** Takes the canary's users away for a while; the weight they had is recorded for `resume`. */
export async function pause(
  context: Context,
): Promise<{ release: string; weight: number; changed: boolean }> {
  return withRunningCanary(
    context,
    'pause',
    { takesOver: true, takesOff: true },
    async (run, release, observed) => {
      const { weight, everyoneOn } = observed.proxy;
      const { id } = release;
      if (everyoneOn === 'stable')
        return { release: id, weight: release.pausedWeight ?? 0, changed: false };
      await execute(run, [{ kind: 'send-everyone', to: 'stable', cause: 'asked for' }]);
      await record(run, { type: 'release-paused', weight });
      await changeState(run, 'paused', `by hand, at ${formatWeight(weight)} before`);
      return { release: id, weight, changed: true };
    },
  );
}
