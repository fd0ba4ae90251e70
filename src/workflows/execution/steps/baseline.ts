import { baselineName } from '../../../compose/names.ts';
import type { StepAction } from '../../../rollout/step.ts';
import { callOptions, overriddenScope, type Run } from '../run.ts';

/** Starts one clone of the stable of each service, however many containers the stable has. */
export async function startBaseline(
  run: Run,
  step: StepAction & { kind: 'start-baseline' },
): Promise<void> {
  const scope = await overriddenScope(run, step.services);
  const names = step.services.map(baselineName);
  const scale = Object.fromEntries(names.map((name) => [name, 1]));
  await run.context.compose.up(scope, names, { ...callOptions(run), scale });
}
