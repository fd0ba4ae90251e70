import { byDigest } from '../../compose/images/reference.ts';
import { canaryImage, pulledImage } from '../../compose/model/names.ts';
import { formatDuration } from '../../config/values/duration.ts';
import type { Context } from '../../context.ts';
import { formatBytes } from '../../database/bytes.ts';
import { CanaryError } from '../../errors.ts';
import { askRegistry } from '../../project/images/ask-registry.ts';
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
  const found = await Promise.all(
    images.map(async (image) => ({ image, id: await idOf(context, image) })),
  );
  const remote = found.filter(({ id }) => id === undefined).map(({ image }) => image);
  if (remote.length > 0) {
    const onProgress = (pulled: Pulled) =>
      context.emit({ type: 'progress', text: describePulled(pulled) });
    const called = [...new Set(remote.map(({ reference }) => reference))];
    const names = [...new Set(remote.map(nameInRegistry))];
    await askRegistry(context, called, (registry) =>
      registry.pull(names, { signal, onProgress, called: called.join(', ') }),
    );
  }
  for (const { image, id: here } of found) {
    const { service } = image;
    const id = here ?? (await idOf(context, image));
    if (id === undefined) throw gone(image);
    await context.engine.tagImage(id, canaryImage(project.name, service, operation.commit));
    if (here === undefined)
      await context.engine.tagImage(id, pulledImage(project.name, service, operation.commit));
  }
}

async function idOf({ engine }: Context, image: ReleasedImage): Promise<string | undefined> {
  return image.imageId ?? engine.imageId(nameInRegistry(image));
}

function nameInRegistry({ reference, digest }: ReleasedImage): string {
  return digest === undefined ? reference : byDigest(reference, digest);
}

function gone({ reference }: ReleasedImage): CanaryError {
  return new CanaryError('image-unknown', `\`${reference}\` is not on this engine.`, {
    hint: 'It may have been removed meanwhile: run the command again.',
  });
}

function describePulled({ layers, bytes, secondsLeft }: Pulled): string {
  const left = secondsLeft === undefined ? [] : [`${formatDuration(secondsLeft * 1000)} left`];
  const size = bytes.of > 0 ? [`${formatBytes(bytes.done)} of ${formatBytes(bytes.of)}`] : [];
  return [...size, `${layers.done} of ${layers.of} layers`, ...left].join(', ');
}
