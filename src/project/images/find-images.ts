import { type ImageWishes, type WantedImages, wantedImages } from '../../compose/images/wanted.ts';
import { type ComposeModel, imageName } from '../../compose/model/model.ts';
import { ownValue } from '../../config/values/by-name.ts';
import type { Context } from '../../context.ts';
import type { ImageSource } from '../../rollout/source.ts';
import { checkedOutServices } from '../checkout/checkout.ts';
import type { Project } from '../load.ts';
import { findImage, runningImages } from './find-image.ts';

/** What a release of images is made of, and what was asked for in terms of the compose file. */
export interface FoundImages {
  source: ImageSource;
  wanted: WantedImages;
}

/**
 * Finds which images a release is asked to be made of: for each chosen service the digest that its registry has now, or
 * what this engine has. Nothing is pulled and nothing changed. Throws what `wantedImages` and the registries throw.
 */
export async function findImages(
  context: Context,
  project: Project,
  wishes: ImageWishes,
  signal?: AbortSignal,
): Promise<FoundImages> {
  const { compose } = context;
  const services = checkedOutServices(project);
  const { services: written } = await compose.written(project.scope);
  const wanted = wantedImages({ model: project.model, written, services }, wishes);
  const { variables, named } = wanted;
  const isSet = Object.keys(variables).length > 0;
  const model = isSet ? await compose.model({ ...project.scope, variables }) : project.model;
  const running = await runningImages(context, project);
  const images = await Promise.all(
    services.map((service) => {
      const names = {
        current: imageName(project.name, service, project.model.services[service] ?? {}),
        wanted:
          ownValue(named, service) ??
          imageName(project.name, service, model.services[service] ?? {}),
      };
      const isPulled = wishes.pull && project.model.services[service]?.image !== undefined;
      const isAsked = isPulled || ownValue(named, service) !== undefined;
      const asked = { service, ...names, isAsked, isPulled, running: running.get(service) };
      return findImage(context, asked, signal);
    }),
  );
  return { source: { images, variables }, wanted };
}

/** Whether a canary of these images would be what the stable is. `model`: as Compose resolves it with their variables. */
export function isNothingNew(
  { images }: ImageSource,
  project: Pick<Project, 'model'>,
  model: Pick<ComposeModel, 'services'>,
): boolean {
  const settings = (each: Pick<ComposeModel, 'services'>, service: string) =>
    JSON.stringify({ ...each.services[service], image: undefined, build: undefined });
  return images.every(
    ({ service, isSame }) =>
      isSame && settings(project.model, service) === settings(model, service),
  );
}
