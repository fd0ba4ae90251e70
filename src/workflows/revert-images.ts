import { canaryImage, previousImage } from '../compose/model/names.ts';
import type { Context } from '../context.ts';
import { CanaryError } from '../errors.ts';
import { lastingOf } from '../project/images/lasting.ts';
import type { Project } from '../project/load.ts';
import { releaseToStable } from '../release/release-to-stable.ts';
import type { Promoted } from '../rollout/promoted.ts';
import { describeImages, type ReleasedImage } from '../rollout/source.ts';

/** What a revert made, and what it says of itself. */
export interface Reverted {
  commit: string | null;
  reason: string;
  /** The images that the stable runs again; none if it did already. */
  images?: readonly ReleasedImage[];
}

/** Gives the stable the images that it ran before, which canary kept, so that no registry is needed. */
export async function revertImages(
  context: Context,
  project: Project,
  release: Promoted,
): Promise<Reverted> {
  const { engine } = context;
  const containers = await engine.containers(project.name);
  const images: ReleasedImage[] = [];
  let isBack = true;
  for (const { service, name: reference } of release.before.images) {
    const before = await engine.imageId(previousImage(project.name, service, release.id));
    const after = await engine.imageId(canaryImage(project.name, service, release.promotedCommit));
    if (!before) throw notInStable(release, `The image that \`${service}\` ran before is gone.`);
    const running = containers.filter((each) => each.role === 'stable' && each.service === service);
    const other = running.find(({ imageId }) => imageId !== before && imageId !== after);
    if (other) throw notInStable(release, `${other.name} runs another image since.`);
    isBack &&= running.every(({ imageId }) => imageId === before);
    images.push({ service, reference, imageId: before });
  }
  const source = { images, variables: release.before.variables ?? {} };
  const isWritten = (await lastingOf(context, project, source)).write === undefined;
  const reason = `taken back from the stable: it runs ${describeImages(source)}`;
  if (isBack && isWritten) return { commit: null, reason };
  await releaseToStable(context, { to: { source }, isRevert: true });
  return { commit: null, reason, images };
}

function notInStable(release: Promoted, why: string): CanaryError {
  return new CanaryError('release-unknown', `Release ${release.id} cannot be taken back. ${why}`, {
    hint: 'Deploy the images that you want instead: `canary deploy --tag TAG`. Nothing was changed.',
  });
}
