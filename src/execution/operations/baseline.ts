import { baselineName } from '../../compose/model/names.ts';
import { callOptions, type Run } from '../../project/run.ts';
import type { StepAction } from '../../rollout/operation.ts';
import { overriddenScope } from '../override-file.ts';

/** Starts the fresh clone of the stable of each service. */
export async function startBaseline(
  run: Run,
  step: StepAction & { kind: 'start-baseline' },
): Promise<void> {
  const scope = await overriddenScope(run, step.services);
  await run.context.compose.up(scope, step.services.map(baselineName), callOptions(run));
}
