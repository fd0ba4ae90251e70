import { baselineName } from '../../../compose/names.ts';
import type { StepAction } from '../../../rollout/step.ts';
import { callOptions, overriddenScope, type Run } from '../run.ts';

/** Starts the fresh clone of the stable of each service. */
export async function startBaseline(
  run: Run,
  step: StepAction & { kind: 'start-baseline' },
): Promise<void> {
  const scope = await overriddenScope(run, step.services);
  await run.context.compose.up(scope, step.services.map(baselineName), callOptions(run));
}
