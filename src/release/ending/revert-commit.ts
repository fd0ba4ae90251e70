import type { Context } from '../../context.ts';
import { branchRef } from '../../git/branch-name.ts';
import { revertMessage } from '../../git/patch.ts';
import { advanceBranch, checkMove, resolveBranch } from '../../project/git/branches.ts';
import { withScratchTree } from '../../project/git/scratch-tree.ts';
import type { Project } from '../../project/load.ts';
import { type ReleaseRun, record } from '../../project/run.ts';
import type { ReleaseIdentity } from '../../rollout/release.ts';
import { allReleases } from '../records/releases.ts';

export interface RevertWords {
  /** Of the revert commit; made from what it reverts when left out. */
  message?: string | undefined;
  /** Added to the message. */
  because?: string;
}

/** Makes a commit on the release's branch that reverts the release; nothing if there is nothing to revert. */
export async function commitRevert(
  run: ReleaseRun,
  { message, because }: RevertWords,
): Promise<string | undefined> {
  const { context, project, release } = run;
  const { git } = context;
  const ref = branchRef(release.branch);
  const tip = await resolveBranch(context, project.repository, release.branch, ref);
  const base = await revertBase(context, project, release);
  // Nothing to revert: the branch no longer contains the release, or the release changed nothing.
  if (!(await git.isAncestor(project.repository, release.commit, tip))) return undefined;
  if (await git.sameTree(project.repository, base, release.commit)) return undefined;
  const commits = await git.commitsBetween(project.repository, base, release.commit);
  const names = commits.map((each) => each.commit);
  const commit = await withScratchTree(context, project, tip, async (tree) => {
    // At the tip the files of the base are the revert, merges included; below it git must work it out.
    if (tip === release.commit) await git.takeTree(tree, base);
    else await git.revert(tree, names);
    // Somebody did it, or a command that was killed before it could say so.
    if (!(await git.hasStaged(tree))) return undefined;
    const subjects = await Promise.all(names.map((each) => git.subject(tree, each)));
    const title = message ?? revertMessage(subjects);
    return git.commit(tree, because ? `${title}\n\n${because}` : title);
  });
  if (!commit) return undefined;
  const move = { ref, from: tip, to: commit };
  await checkMove(context, project, move);
  await advanceBranch(context, project, move);
  const subject = await git.subject(project.repository, commit);
  await record(run, { type: 'commit-made', branch: release.branch, commit, subject });
  return commit;
}

/** Where the release began: at the branch's last release that was ready and kept, else where it left the stable. */
async function revertBase(
  context: Context,
  project: Project,
  release: ReleaseIdentity,
): Promise<string> {
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
  // A branch that shares nothing with the stable begins at the release's parent.
  const parent = await git.resolve(project.repository, `${release.commit}^`);
  return fork ?? parent ?? release.commit;
}
