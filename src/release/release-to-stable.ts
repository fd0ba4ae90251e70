import type { ComposeModel } from '../compose/model/model.ts';
import { canaryImage } from '../compose/model/names.ts';
import type { Context } from '../context.ts';
import { observe } from '../execution/observe.ts';
import { branchRef } from '../git/branch-name.ts';
import { type Checkout, checkOut } from '../project/checkout/checkout.ts';
import { checkOutImages } from '../project/checkout/in-place.ts';
import { checkMove, requireUnmoved } from '../project/git/branches.ts';
import { imagesOfBranch } from '../project/images/branch-images.ts';
import { loadLiveProject, type Project } from '../project/load.ts';
import { type ReleaseRun, type Run, releaseNow, unstoppable } from '../project/run.ts';
import { isPartial } from '../rollout/progress.ts';
import { hasEnded, type Release } from '../rollout/release.ts';
import type { ImageSource } from '../rollout/source.ts';
import { endCanary } from './ending/end-canary.ts';
import { canaryRuns, refuseDuringPromotion, requireProxy } from './guards.ts';
import { finishPromotion, promoteTo } from './promotion/promotion.ts';
import { currentRelease } from './records/releases.ts';
import { startRelease } from './start.ts';
import { withLock } from './with-lock.ts';

export interface Replacement {
  /**
   * What the stable becomes: images, or a commit to which its branch then points. `from`: where that branch was when
   * this was decided; rejected if it has moved.
   */
  to: { source: ImageSource } | { commit: string; from: string | undefined };
  /** Images to use instead of building, if they still exist, by service. */
  images?: ReadonlyMap<string, string>;
  /** It goes back to code that ran before: not rehearsed, migrated or checked, because the way back must stay open. */
  isRevert?: boolean;
}

/**
 * Makes exactly this commit, or these images, the stable, without downtime: its canary starts without users, serves all users while the
 * stable is replaced, and is removed. A canary that runs the same files already is used; any other ends.
 * Throws, with the stable as it was, if anything fails.
 */
export async function releaseToStable(
  context: Context,
  { to, images = new Map(), isRevert = false }: Replacement,
): Promise<{ release: string; commit: string }> {
  const loaded = await loadLiveProject(context);
  const project = isRevert ? withWayBackOpen(loaded) : loaded;
  requireProxy(project, await observe({ context, project }));
  return withLock(context, project, 'promote', async (signal) => {
    const { branch, checkout } =
      'source' in to
        ? { branch: '', checkout: await checkOutImages(context, project, to.source) }
        : await checkOutStable(context, project, to, images);
    const { commit } = checkout;
    const base = { context, project, checkout, signal };
    await finishPromotion(base, await currentRelease(project));
    const running = await sameCanary(base);
    if (running) {
      await reuseImages(base, imagesOf(project, running));
      await promoteTo({ ...base, release: running }, checkout);
      return { release: running.id, commit };
    }
    await reuseImages(base, images);
    const { run } = await startRelease(base, { branch, checkout, weight: 0 });
    try {
      await promoteTo(run, checkout);
    } catch (error) {
      await giveUp(run);
      throw error;
    }
    return { release: run.release.id, commit };
  });
}

/**
 * The code of before lacks what the release added: compared with the stable, or asked by checks for the new code, it would
 * look broken.
 */
function withWayBackOpen(project: Project): Project {
  const { migrate: _, ...database } = project.config.database;
  const config = {
    ...project.config,
    analysis: false as const,
    database: { ...database, rehearse: 'off' as const, backup: 'off' as const },
  };
  return { ...project, config };
}

async function checkOutStable(
  context: Context,
  project: Project,
  { commit, from }: { commit: string; from: string | undefined },
  images: ReadonlyMap<string, string>,
): Promise<{ branch: string; checkout: Checkout }> {
  const branch = project.config.git.stable;
  const ref = branchRef(branch);
  await requireUnmoved(context, project, { ref, from });
  if (from) await checkMove(context, project, { ref, from, to: commit });
  const findPulled = (model: ComposeModel) => imagesOfBranch(context, project, model, images);
  return { branch, checkout: await checkOut(context, project, commit, { findPulled }) };
}

type Base = Run & { checkout: Checkout };

/** The release whose canary runs exactly these files, if there is one. */
async function sameCanary({ context, project, checkout }: Base): Promise<Release | undefined> {
  const release = await currentRelease(project);
  if (!release) return undefined;
  if (release.replacing?.commit === checkout.commit) return release;
  refuseDuringPromotion(release);
  if (!canaryRuns(release, await observe({ context, project }))) return undefined;
  // It could not serve all users.
  if (release.progress && isPartial(release.progress)) return undefined;
  if (release.commit === checkout.commit) return release;
  if (release.source || checkout.source) return undefined;
  const isSame = await context.git.sameTree(project.repository, release.commit, checkout.commit);
  return isSame ? release : undefined;
}

function imagesOf(project: Project, { services, commit }: Release): Map<string, string> {
  return new Map(
    services.map((service) => [service, canaryImage(project.name, service, commit)] as const),
  );
}

/** Tags existing images as those of this commit; missing ones are built. */
async function reuseImages(
  { context: { engine }, project, checkout }: Base,
  images: ReadonlyMap<string, string>,
): Promise<void> {
  for (const [service, image] of images) {
    const wanted = canaryImage(project.name, service, checkout.commit);
    if (image === wanted || !checkout.model.services[service]?.build) continue;
    const id = await engine.imageId(image);
    if (id && !(await engine.imageId(wanted))) await engine.tagImage(id, wanted);
  }
}

/** The canary existed only for its promotion; without that it has no use. */
async function giveUp(run: ReleaseRun): Promise<void> {
  const { replacing, state, reason } = await releaseNow(run);
  // A completely replaced stable is left for the next attempt to finish.
  if (!replacing && !hasEnded({ state })) await endCanary(unstoppable(run), { reason });
}
