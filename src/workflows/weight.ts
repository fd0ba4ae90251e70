import { formatWeight } from '../proxy/weight.ts';
import type { Context } from './context.ts';
import { execute } from './execution/execute.ts';
import { observe } from './execution/observe.ts';
import { locked } from './project/locked.ts';
import { loadProject } from './project/project.ts';
import { refuseDuringPromotion, requireCanary, requireProxy } from './release/guards.ts';
import { changeState, currentRelease } from './release/releases.ts';

/** Sets the share of users on the canary that runs, by hand. */
export async function setWeight(
  context: Context,
  weight: number,
): Promise<{ release: string; weight: number }> {
  await context.engine.version();
  const project = await loadProject(context);
  return locked(context, project, 'weight', async (signal) => {
    const observed = await observe(context, project);
    requireProxy(project, observed);
    const release = requireCanary(await currentRelease(project), observed);
    refuseDuringPromotion(release);
    const run = { context, project, checkout: undefined, release, signal };
    const services = project.slice.map((member) => member.service);
    await execute(run, [
      ...(weight > 0
        ? [
            {
              kind: 'await-ready',
              side: 'canary',
              services,
              cause: 'only a ready canary gets users',
            } as const,
          ]
        : []),
      { kind: 'set-weight', weight, cause: 'asked for' },
    ]);
    await changeState(run, 'paused', `at ${formatWeight(weight)}, set by hand`);
    return { release: release.id, weight };
  });
}
