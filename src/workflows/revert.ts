import { CanaryError, messageOf } from '../errors.ts';
import { branchRef } from '../git/branch-name.ts';
import { revertMessage } from '../git/patch.ts';
import { hasEnded, type Release } from '../rollout/release.ts';
import type { Side } from '../rollout/step.ts';
import type { Context } from './context.ts';
import { deploy } from './deploy.ts';
import { type Run, record } from './execution/run.ts';
import { advanceBranch, checkMove, resolveBranch } from './project/branches.ts';
import { locked, takingOver } from './project/locked.ts';
import { findState, loadProject, type Project } from './project/project.ts';
import { withScratchTree } from './project/scratch-tree.ts';
import { finishPromotion } from './release/promotion.ts';
import { allReleases, changeState, currentRelease } from './release/releases.ts';
import { retireCanary, trafficOff } from './release/retire.ts';
import { revertPromoted, wasPromoted } from './revert-promoted.ts';

export interface RevertOptions {
  /** A release by its id, also one that was promoted; the running one when left out. */
  release: string | undefined;
  message: string | undefined;
}

export interface RevertResult {
  release: string | null;
  /** Which side was taken back: a canary, or a stable that had been promoted. */
  side: Side | null;
  /** The commit that takes the release back, or `null` when there was nothing to take back. */
  commit: string | null;
  /** Whether a canary runs again, from what the branch now holds. */
  redeployed: boolean;
}

/** Takes a release back: the running one, or one that was promoted. */
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
    return { release: side && id, side, commit: null, redeployed: false };
  }
  await context.engine.version();
  const project = await loadProject(context);
  await locked(context, project, 'revert', (signal) =>
    finishPromotion({ context, project, signal }),
  );
  const commit = await revertPromoted(context, project, release, message);
  return { release: id, side: 'stable', commit: commit ?? null, redeployed: false };
}

/**
 * Every user off the canary first, then the canary removed, then a `git revert` commit on its branch. Where the
 * branch still differs from the stable after that, its canary starts again, without users.
 */
async function revertCanary(context: Context, message: string | undefined): Promise<RevertResult> {
  await trafficOff(context, await findState(context));
  const project = await loadProject(context, 'optional');
  await context.engine.version();
  const outcome = await takingOver(context, project, 'revert', async (signal) => {
    await finishPromotion({ context, project, signal });
    const release = await currentRelease(project);
    const run: Run = { context, project, checkout: undefined, release, signal };
    if (release) await changeState(run, 'reverting', 'taken back by hand');
    await retireCanary(run);
    if (!release) return undefined;
    const commit = await endWithCommit(run, release, message);
    return {
      release,
      commit,
      redeploy: commit ? await differsFromStable(context, project, commit) : false,
    };
  });
  if (!outcome) return { release: null, side: null, commit: null, redeployed: false };
  const { release, commit, redeploy } = outcome;
  if (redeploy) {
    context.emit({
      type: 'notice',
      text: `${release.branch} still differs from ${project.config.git.stable}: its canary starts again, without users.`,
    });
    await deploy(context, { branch: release.branch, patches: [], message: undefined, weight: 0 });
  }
  return { release: release.id, side: 'canary', commit: commit ?? null, redeployed: redeploy };
}

async function commitRevert(
  run: Run,
  release: Release,
  message: string | undefined,
): Promise<string | undefined> {
  const { context, project } = run;
  const { git } = context;
  const ref = branchRef(release.branch);
  const tip = await resolveBranch(context, project.repository, release.branch, ref);
  const base = await revertBase(context, project, release);
  // Nothing to take back: the branch left the release behind, or the release changed nothing.
  if (!(await git.isAncestor(project.repository, release.commit, tip))) return undefined;
  if (await git.sameTree(project.repository, base, release.commit)) return undefined;
  const commits = await git.commitsBetween(project.repository, base, release.commit);
  const names = commits.map((each) => each.commit);
  const commit = await withScratchTree(context, project, tip, async (tree) => {
    // At the tip the files of the base are the revert, merges included; below it git has to work it out.
    if (tip === release.commit) await git.takeTree(tree, base);
    else await git.revert(tree, names);
    const subjects = await Promise.all(names.map((each) => git.subject(tree, each)));
    return git.commit(tree, message ?? revertMessage(subjects));
  });
  const move = { ref, from: tip, to: commit };
  await checkMove(context, project, move);
  await advanceBranch(context, project, move);
  const subject = await git.subject(project.repository, commit);
  await record(run, { type: 'commit-made', branch: release.branch, commit, subject });
  return commit;
}

/** Where the release began: the last release of the branch that was ready and kept, else where the branch left the stable. */
async function revertBase(context: Context, project: Project, release: Release): Promise<string> {
  const { git } = context;
  const stable = await git.resolve(project.repository, branchRef(project.config.git.stable));
  const fork = stable ? await git.mergeBase(project.repository, stable, release.commit) : undefined;
  const earlier = (await allReleases(project)).filter(
    (each) =>
      each.id < release.id && each.branch === release.branch && each.wasReady && each.wasReplaced,
  );
  for (const each of earlier.reverse()) {
    const isBefore = await git.isAncestor(project.repository, each.commit, release.commit);
    if (isBefore && (!fork || (await git.isAncestor(project.repository, fork, each.commit)))) {
      return each.commit;
    }
  }
  // A branch that shares nothing with the stable begins with itself.
  const parent = await git.resolve(project.repository, `${release.commit}^`);
  return fork ?? parent ?? release.commit;
}

/** The canary is gone whatever git says; a release whose commit could not be made has ended all the same. */
async function endWithCommit(
  run: Run,
  release: Release,
  message: string | undefined,
): Promise<string | undefined> {
  try {
    const commit = await commitRevert(run, release, message);
    await changeState(
      run,
      'reverted',
      commit ? 'taken back by a revert commit' : 'taken back; there was no commit to make',
    );
    return commit;
  } catch (error) {
    await changeState(run, 'reverted', 'the canary is gone; its revert commit could not be made');
    throw new CanaryError(
      'revert-failed',
      `No user is on the canary and it is gone, but branch \`${release.branch}\` was not changed: ${messageOf(error)}`,
      {
        details: error instanceof CanaryError ? error.details : [],
        hint: `Make the commit yourself: \`git revert\` on \`${release.branch}\`.`,
        cause: error,
      },
    );
  }
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
