import { imageBuilder } from '../../compose/clone/companions.ts';
import { type ComposeModel, imageName } from '../../compose/model/model.ts';
import type { Context } from '../../context.ts';
import type { ReleasedImage } from '../../rollout/source.ts';
import { checkedOutServices } from '../checkout/checkout.ts';
import type { Project } from '../load.ts';
import { findImage, runningImages } from './find-image.ts';

/**
 * Finds the images that a commit names, does not build, and the stable does not run. `kept`: names of images on this engine,
 * by service, that need no registry. Throws what the registries throw.
 */
export async function imagesOfBranch(
  context: Context,
  project: Project,
  model: ComposeModel,
  kept: ReadonlyMap<string, string> = new Map(),
): Promise<ReleasedImage[]> {
  const slice = project.slice.map(({ service }) => service);
  const named = checkedOutServices(project).flatMap((service) => {
    const { image, build } = model.services[service] ?? {};
    const isBuilt = build !== undefined || imageBuilder(model, service, slice);
    return image === undefined || isBuilt ? [] : [{ service, wanted: image }];
  });
  const changed = named
    .map((each) => {
      const definition = project.model.services[each.service] ?? {};
      return { ...each, current: imageName(project.name, each.service, definition) };
    })
    .filter(({ wanted, current }) => wanted !== current);
  if (changed.length === 0) return [];
  const running = await runningImages(context, project);
  return Promise.all(
    changed.map(async ({ service, ...names }) => {
      const name = kept.get(service);
      const imageId = name === undefined ? undefined : await context.engine.imageId(name);
      if (imageId) return { service, reference: names.wanted, imageId };
      const asked = { service, ...names, isAsked: true, isPulled: false };
      return findImage(context, { ...asked, running: running.get(service) }, context.signal);
    }),
  );
}
