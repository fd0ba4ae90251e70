import type { Context } from '../context.ts';
import type { RevertResult } from '../documents/traffic.ts';
import { CanaryError } from '../errors.ts';
import { branchRef } from '../git/branch-name.ts';
import { findState, loadLiveProject, type Project } from '../project/load.ts';
import { endCanary } from '../release/ending/end-canary.ts';
import { finishPromotion } from '../release/promotion/promotion.ts';
import { allReleases, currentRelease } from '../release/records/releases.ts';
import { withEveryUserOff } from '../release/with-every-user-off.ts';
import { withLock } from '../release/with-lock.ts';
import { hasEnded } from '../rollout/release.ts';
import { deploy } from './deploy.ts';
import { revertPromoted, wasPromoted } from './revert-promoted.ts';

export interface RevertOptions {
  /** A release by its id, also one that was promoted; the running one when left out. */
  release: string | undefined;
  message: string | undefined;
}

const NOTHING = { commit: null, redeployed: false, databaseChanges: [] };

/** Reverts a release: the running one, or one that was promoted. */
export async function revert(
  context: Context,
  { release: id, message }: RevertOptions,
): Promise<RevertResult> {
  if (id === undefined) return revertCanary(context, message);
  const release = (await allReleases(await findState(context))).find((each) => each.id === id);
  if (!release) {
    throw new CanaryError('release-unknown', `There is no release \`${id}\`.`, {
      hint: '`canary history` lists them.',
    });
  }
  if (!hasEnded(release)) return revertCanary(context, message);
  if (!wasPromoted(release)) {
    const side = release.promotedCommit ? 'stable' : null;
    return { release: side && id, side, ...NOTHING };
  }
  const project = await loadLiveProject(context);
  await withLock(context, project, 'revert', async (signal) =>
    finishPromotion({ context, project, signal }, await currentRelease(project)),
  );
  const taken = await revertPromoted(context, project, release, message);
  return { release: id, side: 'stable', ...NOTHING, ...taken };
}

/**
 * Takes every user off the canary first, then removes it, then makes a `git revert` commit on its branch. If the
 * branch still differs from the stable after that, its canary starts again, without users.
 */
async function revertCanary(context: Context, message: string | undefined): Promise<RevertResult> {
  const outcome = await withEveryUserOff(context, 'revert', async (run) => {
    const { project, release } = run;
    const { commit, databaseChanges } = await endCanary(run, {
      reason: 'reverted by hand',
      commit: { message },
    });
    if (!release) return undefined;
    const redeploy = commit !== undefined && (await differsFromStable(context, project, commit));
    return { release, stable: project.config.git.stable, commit, databaseChanges, redeploy };
  });
  if (!outcome) return { release: null, side: null, ...NOTHING };
  const { release, stable, commit = null, databaseChanges, redeploy } = outcome;
  if (redeploy) {
    context.emit({
      type: 'notice',
      text: `${release.branch} still differs from ${stable}: its canary starts again, without users.`,
    });
    await deploy(context, { branch: release.branch, patches: [], message: undefined, weight: 0 });
  }
  return { release: release.id, side: 'canary', commit, redeployed: redeploy, databaseChanges };
}

async function differsFromStable(
  context: Context,
  project: Project,
  commit: string,
): Promise<boolean> {
  const stable = await context.git.resolve(
    project.repository,
    branchRef(project.config.git.stable),
  );
  return stable === undefined || !(await context.git.sameTree(project.repository, stable, commit));
}
