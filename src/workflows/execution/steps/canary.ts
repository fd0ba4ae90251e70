import { cloneName } from '../../../compose/names.ts';
import type { CanaryImage } from '../../../rollout/events.ts';
import { containersOf } from '../../../rollout/observed.ts';
import type { StepAction } from '../../../rollout/step.ts';
import { callOptions, look, overriddenScope, type Run, record } from '../run.ts';

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

/** Notes which images the clones of the release run, when that is news. */
export async function recordImages(run: Run): Promise<void> {
  const { release } = run;
  if (!release) return;
  const images = containersOf(await look(run), 'canary')
    .filter((each) => each.commit === release.commit)
    .map(({ service, image, imageId }) => ({ service, image, imageId }))
    // Replicas run the same one.
    .filter(
      ({ service }, index, all) => all.findIndex((each) => each.service === service) === index,
    );
  if (idsOf(images) !== idsOf(release.images))
    await record(run, { type: 'canary-started', images });
}

function idsOf(images: readonly CanaryImage[]): string {
  return images.map(({ service, imageId }) => `${service} ${imageId}`).join();
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
