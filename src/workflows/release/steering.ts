import type { Observed } from '../../rollout/observed.ts';
import type { Release } from '../../rollout/release.ts';
import type { Context } from '../context.ts';
import { observe } from '../execution/observe.ts';
import type { Run } from '../execution/run.ts';
import { locked, takingOverWalk } from '../project/locked.ts';
import { loadProject, type Project } from '../project/project.ts';
import { refuseDuringPromotion, requireProxy, requireRunning } from './guards.ts';
import { currentRelease } from './releases.ts';

interface Steering {
  /** Throws for what canary.yaml does not allow, before anything is touched. */
  check?: (project: Project) => void;
  /** Also while `deploy` or `resume` goes through the steps: that one ends and leaves the users to this command. */
  takesOver?: boolean;
}

/** Does `work` on the canary that runs, under the lock; throws when there is none, or a promotion is under way. */
export async function steering<T>(
  context: Context,
  command: string,
  { check, takesOver = false }: Steering,
  work: (run: Run & { release: Release }, observed: Observed) => Promise<T>,
): Promise<T> {
  await context.engine.version();
  const project = await loadProject(context);
  check?.(project);
  const enter = takesOver ? takingOverWalk : locked;
  return enter(context, project, command, async (signal) => {
    const observed = await observe(context, project);
    requireProxy(project, observed);
    const release = requireRunning(await currentRelease(project), observed);
    refuseDuringPromotion(release);
    return work({ context, project, checkout: undefined, release, signal }, observed);
  });
}
