import { parseReference } from '../../compose/images/reference.ts';
import { type ImageWishes, wantedImages } from '../../compose/images/wanted.ts';
import { type ComposeModel, imageName } from '../../compose/model/model.ts';
import { ownValue } from '../../config/values/by-name.ts';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import type { ImageSource, ReleasedImage } from '../../rollout/source.ts';
import { checkedOutServices } from '../checkout/checkout.ts';
import type { Project } from '../load.ts';

/**
 * Finds which images a release is asked to be made of: for each chosen service the digest that its registry has now, or
 * what this engine has. Nothing is pulled and nothing changed. Throws what `wantedImages` and the registries throw.
 */
export async function findImages(
  context: Context,
  project: Project,
  wishes: ImageWishes,
  signal?: AbortSignal,
): Promise<ImageSource> {
  const { compose } = context;
  const services = checkedOutServices(project);
  const { services: written } = await compose.written(project.scope);
  const { variables, named } = wantedImages({ model: project.model, written, services }, wishes);
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
      return findImage(
        context,
        { service, ...names, isAsked, running: running.get(service) },
        signal,
      );
    }),
  );
  return { images, variables };
}

/** By service, the image that the stable runs. */
async function runningImages(
  { engine }: Context,
  { name }: Project,
): Promise<ReadonlyMap<string, string>> {
  const containers = await engine.containers(name);
  const stable = containers.filter(({ role, state }) => role === 'stable' && state === 'running');
  return new Map(stable.map(({ service, imageId }) => [service, imageId] as const));
}

interface Asked {
  service: string;
  /** The names by which the stable has its image, and the canary. */
  current: string;
  wanted: string;
  /** Whether the name is looked up even if it is the same. */
  isAsked: boolean;
  /** What the stable runs; nothing for a service that runs once. */
  running: string | undefined;
}

async function findImage(
  { engine, registry }: Context,
  { service, current, wanted, isAsked, running }: Asked,
  signal: AbortSignal | undefined,
): Promise<ReleasedImage> {
  const isRenamed = wanted !== current;
  if (!isRenamed && !isAsked) {
    const imageId = running ?? (await engine.imageId(current));
    if (imageId) return { service, reference: current, imageId, isSame: true };
    throw new CanaryError(
      'image-unknown',
      `\`${service}\` has no image on this engine: ${current}.`,
      {
        hint: 'Start the stable first: `docker compose up -d`.',
      },
    );
  }
  const local = await engine.image(wanted);
  // It was built or loaded here, so no registry knows it.
  if (local && local.digests.length === 0)
    return { service, reference: wanted, imageId: local.id, ...sameAs(local.id === running) };
  const digest = parseReference(wanted)?.digest ?? (await registry.digestOf(wanted, signal));
  const stable = running && (await engine.image(running));
  const isRunning = stable ? stable.digests.some((each) => each.endsWith(`@${digest}`)) : false;
  return {
    service,
    reference: wanted,
    digest,
    ...(isRunning && running ? { imageId: running } : {}),
    ...sameAs(isRunning),
  };
}

function sameAs(isSame: boolean): { isSame?: true } {
  return isSame ? { isSame } : {};
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
