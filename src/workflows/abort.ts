import type { Context } from '../context.ts';
import type { AbortResult } from '../documents/traffic.ts';
import { endCanary } from '../release/ending/end-canary.ts';
import { withEveryUserOff } from '../release/with-every-user-off.ts';

/** Takes every user off the canary at once, then removes it. Does nothing when nothing runs. */
export async function abort(context: Context): Promise<AbortResult> {
  return withEveryUserOff(context, 'abort', async (run, finished) => {
    const { changed, databaseChanges } = await endCanary(run, { reason: 'aborted by hand' });
    return { release: run.release?.id ?? null, changed: finished || changed, databaseChanges };
  });
}
