import type { Context } from '../context.ts';
import { findState, type Project } from '../project/load.ts';
import { loadToEnd } from '../project/load-to-end.ts';
import type { Run } from '../project/run.ts';
import type { Release } from '../rollout/release.ts';
import { trafficOff } from './ending/traffic-off.ts';
import { finishPromotion } from './promotion/promotion.ts';
import { recoverRelease } from './records/recovered.ts';
import { releaseToEnd } from './records/releases.ts';
import { takingOver } from './with-lock.ts';

/**
 * For every command that takes a canary back: takes every user off at once, then does `work` under the lock, even if
 * another command holds it. A promotion that was almost done is finished first; then `finished` is true.
 */
export async function withEveryUserOff<T>(
  context: Context,
  command: string,
  work: (run: Run, finished: boolean) => Promise<T>,
): Promise<T> {
  const wayOut = new Set<string>();
  await trafficOff({ context, wayOut }, await findState(context));
  const project = await loadToEnd(context);
  const underLock = async (signal: AbortSignal) => {
    const own = { context, wayOut };
    const release = (await releaseToEnd(own, project)) ?? (await recovered(own, project));
    const run = { context, project, signal, release, wayOut };
    const finished = await finishPromotion(run, release);
    return work(finished ? { ...run, release: undefined } : run, finished);
  };
  return takingOver('any-mover', context, project, command, underLock, wayOut);
}

/** What cannot be read in git is no reason to leave a canary. */
function recovered(run: Pick<Run, 'context'>, project: Project): Promise<Release | undefined> {
  return recoverRelease(run, project).catch(() => undefined);
}
