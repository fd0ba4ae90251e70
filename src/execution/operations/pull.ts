import { byDigest } from '../../compose/images/reference.ts';
import { canaryImage } from '../../compose/model/names.ts';
import { formatDuration } from '../../config/values/duration.ts';
import { formatBytes } from '../../database/bytes.ts';
import { CanaryError } from '../../errors.ts';
import type { Run } from '../../project/run.ts';
import type { OperationOf } from '../../rollout/operation.ts';
import type { ReleasedImage } from '../../rollout/source.ts';
import type { Pulled } from '../../system/docker/pull-progress.ts';

/**
 * Gets the images of a release that was built elsewhere, and keeps each by a name of canary's own: so nothing that is
 * tagged or cleaned up meanwhile takes it away.
 */
export async function pull(run: Run, operation: OperationOf<'pull'>): Promise<void> {
  const { context, project, signal } = run;
  const { images } = operation;
  const remote = new Map<string, ReleasedImage>();
  for (const image of images) {
    const name = nameInRegistry(image);
    const isHere = image.imageId ?? (await context.engine.imageId(name));
    if (!isHere) remote.set(name, image);
  }
  if (remote.size > 0) {
    const onProgress = (pulled: Pulled) =>
      context.emit({ type: 'progress', text: describePulled(pulled) });
    const called = [...remote.values()].map(({ reference }) => reference).join(', ');
    await context.registry.pull([...remote.keys()], { signal, onProgress, called });
  }
  for (const image of images) {
    const id = image.imageId ?? (await context.engine.imageId(nameInRegistry(image)));
    if (id === undefined) throw gone(image);
    await context.engine.tagImage(id, canaryImage(project.name, image.service, operation.commit));
  }
}

function nameInRegistry({ reference, digest }: ReleasedImage): string {
  return digest === undefined ? reference : byDigest(reference, digest);
}

function gone({ reference }: ReleasedImage): CanaryError {
  return new CanaryError('image-unknown', `\`${reference}\` is not on this engine.`, {
    hint: 'Somebody may have removed it meanwhile: run the command again.',
  });
}

function describePulled({ layers, bytes, secondsLeft }: Pulled): string {
  const left = secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft * 1000)} left`];
  const size = bytes.of > 0 ? [`${formatBytes(bytes.done)} of ${formatBytes(bytes.of)}`] : [];
  return [...size, `${layers.done} of ${layers.of} layers`, ...left].join(', ');
}
