import { parseReference } from '../../compose/images/reference.ts';
import type { Context } from '../../context.ts';
import { CanaryError, hasCode, messageOf } from '../../errors.ts';
import { nearestTags } from '../../nearest.ts';
import type { ReleasedImage } from '../../rollout/source.ts';
import type { Project } from '../load.ts';
import { askRegistry } from './ask-registry.ts';
import { listedTags } from './listed-tags.ts';

/** By service, the image that the stable runs. */
export async function runningImages(
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
  /** Whether only the registry's answer counts, because the question is what it has now. */
  isPulled: boolean;
  /** What the stable runs; nothing for a service that runs once. */
  running: string | undefined;
}

/** Finds one image, by the digest that its registry has now, or by what this engine has. Pulls nothing. */
export async function findImage(
  context: Context,
  { service, current, wanted, isAsked, isPulled, running }: Asked,
  signal: AbortSignal | undefined,
): Promise<ReleasedImage> {
  const { engine } = context;
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
  const asHere = (id: string) => ({
    ...{ service, reference: wanted, imageId: id },
    ...sameAs(id === running),
  });
  // It was built or loaded here, so no registry knows it.
  if (local && local.digests.length === 0) return asHere(local.id);
  const mayTake = isPulled ? undefined : local;
  const digest =
    parseReference(wanted)?.digest ??
    (await digestOf(context, wanted, { signal, isHere: mayTake !== undefined }));
  // By that digest, it is the same release as when its registry answers.
  if (digest === undefined) return { ...asHere(mayTake?.id ?? ''), ...digestHere(wanted, mayTake) };
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

/** The digest by which this engine once got an image from the repository of a name. */
function digestHere(
  reference: string,
  local: { digests: readonly string[] } | undefined,
): { digest?: string } {
  const { repository = '' } = parseReference(reference) ?? {};
  const found = local?.digests.find((each) => each.startsWith(`${repository}@`));
  return found === undefined ? {} : { digest: found.slice(repository.length + 1) };
}

const WITHOUT_REGISTRY = [
  'image-unknown',
  'registry-refused',
  'registry-limited',
  'registry-unreachable',
] as const;

/**
 * The digest that the registry has for a name. Nothing if the engine has the image and the registry does not give it: an
 * engine with containerd's store has digests for what was built or loaded there, too.
 */
async function digestOf(
  context: Context,
  reference: string,
  { signal, isHere }: { signal: AbortSignal | undefined; isHere: boolean },
): Promise<string | undefined> {
  const { emit } = context;
  try {
    return await askRegistry(context, [reference], (registry) =>
      registry.digestOf(reference, signal),
    );
  } catch (error) {
    if (!isHere && hasCode(error, 'image-unknown')) throw await withTags(context, reference, error);
    if (!isHere || !WITHOUT_REGISTRY.some((code) => hasCode(error, code))) throw error;
    const text = `${messageOf(error)} The image of that name on this engine is taken.`;
    emit({ type: 'notice', text });
    return undefined;
  }
}

/** The same error; if the registry lists tags that are written alike, with these. */
async function withTags(
  context: Context,
  reference: string,
  error: CanaryError,
): Promise<CanaryError> {
  const { tag = 'latest' } = parseReference(reference) ?? {};
  const near = nearestTags(tag, await listedTags(context, reference));
  if (near.length === 0) return error;
  const { code, message, details, cause } = error;
  const hint = `It has ${near.join(', ')}. No user was touched.`;
  return new CanaryError(code, message, { details, hint, cause });
}

function sameAs(isSame: boolean): { isSame?: true } {
  return isSame ? { isSame } : {};
}
