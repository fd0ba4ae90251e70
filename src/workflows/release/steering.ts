import type { Observed } from '../../rollout/observed.ts';
import type { Release } from '../../rollout/release.ts';
import type { Context } from '../context.ts';
import { observe } from '../execution/observe.ts';
import type { Run } from '../execution/run.ts';
import { locked } from '../project/locked.ts';
import { loadProject } from '../project/project.ts';
import { refuseDuringPromotion, requireProxy, requireRunning } from './guards.ts';
import { currentRelease } from './releases.ts';

/** Does `work` on the canary that runs, under the lock; throws when there is none, or a promotion is under way. */
export async function steering<T>(
  context: Context,
  command: string,
  work: (run: Run & { release: Release }, observed: Observed) => Promise<T>,
): Promise<T> {
  await context.engine.version();
  const project = await loadProject(context);
  return locked(context, project, command, async (signal) => {
    const observed = await observe(context, project);
    requireProxy(project, observed);
    const release = requireRunning(await currentRelease(project), observed);
    refuseDuringPromotion(release);
    return work({ context, project, checkout: undefined, release, signal }, observed);
  });
}
