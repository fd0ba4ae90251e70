import { cloneName } from '../../../compose/names.ts';
import { containersOf } from '../../../rollout/observed.ts';
import type { StepAction } from '../../../rollout/step.ts';
import { callOptions, look, overriddenScope, type Run } from '../run.ts';

export async function build(run: Run, step: StepAction & { kind: 'build' }): Promise<void> {
  const scope = await overriddenScope(run);
  await run.context.compose.build(scope, step.services.map(cloneName), callOptions(run));
}

export async function startCanary(
  run: Run,
  step: StepAction & { kind: 'start-canary' },
): Promise<void> {
  const scope = await overriddenScope(run);
  await run.context.compose.up(scope, step.services.map(cloneName), callOptions(run));
}

export async function retireCanary(
  run: Run,
  step: StepAction & { kind: 'retire-canary' },
): Promise<void> {
  const observed = await look(run);
  const containers = containersOf(observed, 'canary').filter((each) =>
    step.services.includes(each.service),
  );
  await Promise.all(containers.map((each) => run.context.engine.removeContainer(each.id)));
}
