import type { Context } from '../context.ts';
import type { RevertResult } from '../documents/traffic.ts';
import { CanaryError } from '../errors.ts';
import { withNearest } from '../nearest.ts';
import { findState, loadLiveProject } from '../project/load.ts';
import { endCanary } from '../release/ending/end-canary.ts';
import { finishPromotion } from '../release/promotion/promotion.ts';
import { allReleases, currentRelease } from '../release/records/releases.ts';
import { withEveryUserOff } from '../release/with-every-user-off.ts';
import { withLock } from '../release/with-lock.ts';
import { type Promoted, wasPromoted } from '../rollout/promoted.ts';
import { hasEnded } from '../rollout/release.ts';
import { revertPromoted } from './revert-promoted.ts';

export interface RevertOptions {
  /** A release by its id, also one that was promoted; the running one when left out. */
  release: string | undefined;
  message: string | undefined;
  /** Takes a promoted release back without a question, if no canary runs. */
  isSure: boolean;
}

const NOTHING = { commit: null, databaseChanges: [] };

/** Reverts a release: the running one, or one that was promoted. */
export async function revert(context: Context, options: RevertOptions): Promise<RevertResult> {
  const { release: id, message } = options;
  if (id === undefined) return revertCanary(context, options);
  const releases = await allReleases(await findState(context));
  const release = releases.find((each) => each.id === id);
  if (!release) {
    const known = releases.map((each) => each.id);
    throw new CanaryError('release-unknown', `There is no release \`${id}\`.`, {
      hint: withNearest('`canary history` lists them.', id, known),
    });
  }
  if (!hasEnded(release)) return revertCanary(context, options);
  if (!wasPromoted(release)) {
    const side = release.promotedCommit ? 'stable' : null;
    return { release: side && id, side, ...NOTHING };
  }
  return revertFromStable(context, release, message);
}

async function revertFromStable(
  context: Context,
  release: Promoted,
  message: string | undefined,
): Promise<RevertResult> {
  const project = await loadLiveProject(context);
  await withLock(context, project, 'revert', async (signal) =>
    finishPromotion({ context, project, signal }, await currentRelease(project)),
  );
  const taken = await revertPromoted(context, project, release, message);
  return { release: release.id, side: 'stable', ...NOTHING, ...taken };
}

/**
 * Takes every user off the canary first, then removes it, then makes a `git revert` commit on its branch. It starts
 * nothing, whatever the branch still contains after that.
 */
async function revertCanary(
  context: Context,
  { message, isSure }: RevertOptions,
): Promise<RevertResult> {
  const ended = await withEveryUserOff(context, 'revert', async (run) => {
    const { changed, commit, databaseChanges } = await endCanary(run, {
      reason: 'reverted by hand',
      commit: { message },
    });
    if (!run.release && !changed) return undefined;
    return { release: run.release?.id ?? null, commit: commit ?? null, databaseChanges };
  });
  if (ended) return { side: 'canary', ...ended };
  const promoted = (await allReleases(await findState(context))).findLast(
    ({ promotedCommit }) => promotedCommit,
  );
  // One that was taken back is not offered again.
  if (!promoted || !wasPromoted(promoted)) return { release: null, side: null, ...NOTHING };
  const { id, subject } = promoted;
  const question = `No canary runs. The stable runs release ${id} ("${subject}"): take that back?`;
  if (isSure || (await context.prompt.confirm(question)))
    return revertFromStable(context, promoted, message);
  return { release: null, side: null, ...NOTHING, inStable: { release: id, subject } };
}
