import { formatWeight } from '../proxy/weight.ts';
import type { Plan } from '../rollout/step.ts';
import { requireWeight } from '../rollout/strategy-rules.ts';
import type { Context } from './context.ts';
import { execute } from './execution/execute.ts';
import { record } from './execution/run.ts';
import type { Project } from './project/project.ts';
import { changeState } from './release/releases.ts';
import { steering } from './release/steering.ts';

/** Sets the share of users on the canary that runs, by hand; from then on its steps do not count any more. */
export async function setWeight(
  context: Context,
  weight: number,
): Promise<{ release: string; weight: number }> {
  const check = ({ config }: Project) => requireWeight(config.strategy, weight, 'weight');
  return steering(context, 'weight', { check, takesOver: true }, async (run) => {
    const { id, services } = run.release;
    const ready: Plan = [
      { kind: 'await-ready', side: 'canary', services, cause: 'only a ready canary gets users' },
    ];
    await execute(run, [
      ...(weight > 0 ? ready : []),
      { kind: 'set-weight', weight, cause: 'asked for' },
    ]);
    if (run.release.ramp) await record(run, { type: 'ramp-left' });
    await changeState(run, 'paused', `at ${formatWeight(weight)}, set by hand`);
    return { release: id, weight };
  });
}
