import { baselineName } from '../../compose/model/names.ts';
import { callOptions, type Run } from '../../project/run.ts';
import type { OperationOf } from '../../rollout/operation.ts';
import { overriddenScope } from '../override-file.ts';

/** Starts a fresh clone of each service's stable. */
export async function startBaseline(
  run: Run,
  operation: OperationOf<'start-baseline'>,
): Promise<void> {
  const scope = await overriddenScope(run, { coming: operation.services });
  await run.context.compose.up(scope, operation.services.map(baselineName), callOptions(run));
}
