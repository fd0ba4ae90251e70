import { previousImage, shortCommit } from '../compose/model/names.ts';
import type { Context } from '../context.ts';
import { CanaryError, messageOf } from '../errors.ts';
import { branchRef } from '../git/branch-name.ts';
import { revertMessage } from '../git/patch.ts';
import { checkMove, resolveBranch } from '../project/git/branches.ts';
import { withScratchTree } from '../project/git/scratch-tree.ts';
import type { Project } from '../project/load.ts';
import { runHooks } from '../release/hooks.ts';
import { tellDatabaseChanges } from '../release/records/database-changes.ts';
import { changeState, currentRelease, stableCommit } from '../release/records/releases.ts';
import { releaseToStable } from '../release/release-to-stable.ts';
import type { Promoted } from '../rollout/promoted.ts';
import { type Reverted, revertImages } from './revert-images.ts';

/**
 * Reverts a promoted release, without downtime: a commit on the stable branch undoes its changes, and the stable runs
 * that commit, from the earlier images if they still exist; of images, the stable runs those before. Returns what was
 * made, and what stays changed in the shared databases.
 */
export async function revertPromoted(
  context: Context,
  project: Project,
  release: Promoted,
  message: string | undefined,
): Promise<Omit<Reverted, 'reason'> & { databaseChanges: string[] }> {
  const { source } = release;
  const { reason, ...made } = source
    ? await revertImages(context, project, release)
    : await revertOnBranch(context, project, release, message);
  const run = { context, project, release, signal: context.signal };
  await changeState(run, 'reverted', reason);
  const databaseChanges = await tellDatabaseChanges(run, true);
  await runHooks(run, 'onRevert', { weight: 0, reason });
  return { ...made, databaseChanges };
}

async function revertOnBranch(
  context: Context,
  project: Project,
  release: Promoted,
  message: string | undefined,
): Promise<Reverted> {
  const { git } = context;
  const { repository, name } = project;
  const branch = project.config.git.stable;
  const ref = branchRef(branch);
  const tip = await resolveBranch(context, repository, branch, ref);
  if (!(await git.isAncestor(repository, release.promotedCommit, tip))) {
    throw new CanaryError(
      'release-unknown',
      `\`${branch}\` does not hold release ${release.id} any more.`,
      { hint: 'Nothing was changed: there is nothing to take back.' },
    );
  }
  // Somebody may have taken it back by hand, which moves no user.
  const isBack = await git.sameTree(repository, tip, release.before.commit);
  const commit = isBack ? tip : await revertCommit(context, project, release, tip, message);
  // For instance after a revert that was stopped once the stable was back.
  const isDone = isBack && (await stableCommit(context, project)) === tip;
  if (!isDone) {
    await checkMove(context, project, { ref, from: tip, to: commit });
    // The earlier images are those of the new commit only if it holds the earlier files.
    const isBefore = await git.sameTree(repository, commit, release.before.commit);
    const services = isBefore ? release.before.images.map((image) => image.service) : [];
    const images = new Map(
      services.map((service) => [service, previousImage(name, service, release.id)] as const),
    );
    await releaseToStable(context, { to: { commit, from: tip }, images, isRevert: true });
  }
  const reason = `taken back from the stable by ${shortCommit(commit)}`;
  return { commit: isDone ? null : commit, reason };
}

/** The commit that reverts the release: the one that a stopped attempt had made, or a new one. */
async function revertCommit(
  context: Context,
  project: Project,
  release: Promoted,
  tip: string,
  message: string | undefined,
): Promise<string> {
  const made = await makeRevert(context, project, release, tip, message);
  const begun = (await currentRelease(project))?.replacing?.commit;
  return begun && (await context.git.sameTree(project.repository, begun, made)) ? begun : made;
}

async function makeRevert(
  context: Context,
  project: Project,
  { before, promotedCommit, subject }: Promoted,
  tip: string,
  message: string | undefined,
): Promise<string> {
  const { git } = context;
  const { repository } = project;
  const commits = await git.commitsBetween(repository, before.commit, promotedCommit);
  const isMerge = commits[0]?.isMerge === true;
  const taken = isMerge ? commits.slice(0, 1) : commits;
  const names = taken.map((each) => each.commit);
  const subjects = await Promise.all(names.map((each) => git.subject(repository, each)));
  return withScratchTree(context, project, tip, async (tree) => {
    try {
      if (tip === promotedCommit) await git.takeTree(tree, before.commit);
      else await git.revert(tree, names, isMerge);
    } catch (cause) {
      throw new CanaryError(
        'merge-conflict',
        'Later commits on the stable branch changed the same lines.',
        {
          details: cause instanceof CanaryError ? cause.details : [messageOf(cause)],
          hint: 'Take the change back on a branch with `git revert`, deploy that branch and promote it. Nothing was changed.',
          cause,
        },
      );
    }
    // Somebody took it back by hand: the stable gets that.
    if (!(await git.hasStaged(tree))) return tip;
    // A release that went back to an earlier commit brought none to name, only its own subject.
    const named = subjects.length > 0 ? subjects : [subject];
    return git.commit(tree, message ?? revertMessage(named));
  });
}
