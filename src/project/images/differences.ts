import { byDigest } from '../../compose/images/reference.ts';
import { settingsChanged } from '../../compose/images/settings.ts';
import { canaryImage } from '../../compose/model/names.ts';
import type { Context } from '../../context.ts';
import type { ReleasedImage } from '../../rollout/source.ts';
import type { Checkout } from '../checkout/checkout.ts';
import type { Project } from '../load.ts';

/**
 * In what the images of a candidate differ from those that the stable runs, a sentence each. Says nothing of an image
 * that is not on this engine yet, and pulls nothing.
 */
export async function imageDifferences(
  { engine }: Context,
  { name }: Pick<Project, 'name'>,
  { commit, pulled }: Pick<Checkout, 'commit' | 'pulled'>,
): Promise<string[]> {
  if (pulled.length === 0) return [];
  const containers = await engine.containers(name);
  const found = pulled.map(async (image) => {
    const { service } = image;
    const running = containers.find((each) => each.role === 'stable' && each.service === service);
    const stable = running && (await engine.image(running.imageId));
    const canary =
      (await engine.image(canaryImage(name, service, commit))) ??
      (await engine.image(contentOf(image)));
    const changed = stable && canary ? settingsChanged(stable.settings, canary.settings) : [];
    return changed.map((what) => `The image of ${service} has ${what}.`);
  });
  return (await Promise.all(found)).flat();
}

/** The image by what it is, because a tag of this engine may lead to another. */
function contentOf({ reference, digest, imageId }: ReleasedImage): string {
  return imageId ?? (digest === undefined ? reference : byDigest(reference, digest));
}
