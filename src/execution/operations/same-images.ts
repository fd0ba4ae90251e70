import { CanaryError } from '../../errors.ts';
import type { Run } from '../../project/run.ts';
import { containersOf } from '../../rollout/observed.ts';
import { observe } from '../observe.ts';

/**
 * Before containers of the stable are made anew as they are: the name of their image must still lead to the image that
 * runs. If somebody built or pulled another one meanwhile, users would get it unjudged.
 */
export async function requireSameImages(run: Run, services: readonly string[]): Promise<void> {
  const { engine } = run.context;
  const observed = await observe(run);
  for (const service of services) {
    for (const { state, image, imageId } of containersOf(observed, 'stable', service)) {
      if (state !== 'running' || (await engine.imageId(image)) === imageId) continue;
      throw new CanaryError(
        'image-changed',
        `\`${image}\` is no longer the image that \`${service}\` runs, so users would get another one.`,
        {
          details: [`It runs ${imageId}.`],
          hint: `To keep what runs: \`docker tag ${imageId} ${image}\`. Then run the command again.`,
        },
      );
    }
  }
}

/** After containers of the stable were made: throws if one runs another image than it should. */
export async function requireImages(
  run: Run,
  expected: ReadonlyMap<string, string>,
): Promise<void> {
  const observed = await observe(run);
  for (const [service, wanted] of expected) {
    const other = containersOf(observed, 'stable', service).find(
      ({ imageId }) => imageId !== wanted,
    );
    if (!other) continue;
    throw new CanaryError(
      'image-changed',
      `Container ${other.name} runs another image than \`${service}\` should.`,
      {
        details: [`It runs ${other.imageId}, not ${wanted}.`],
        hint: 'Did somebody build or pull an image meanwhile? Run the command again.',
      },
    );
  }
}
