import { CanaryError } from '../errors.ts';
import { branchRef } from '../git/branch-name.ts';
import { revertMessage } from '../git/patch.ts';
import type { Release } from '../rollout/release.ts';
import type { Context } from './context.ts';
import { deploy } from './deploy.ts';
import { type Run, record } from './execution/run.ts';
import { withScratchTree } from './project/apply.ts';
import { advanceBranch, checkMove, resolveBranch } from './project/branches.ts';
import { takingOver } from './project/locked.ts';
import { loadProject, type Project } from './project/project.ts';
import { allReleases, changeState, currentRelease } from './release/releases.ts';
import { retireCanary, trafficOff } from './release/retire.ts';

export interface RevertResult {
  release: string | null;
  /** The commit that takes the release back, or `null` when there was nothing to take back. */
  commit: string | null;
  /** Whether a canary runs again, from what the branch now holds. */
  redeployed: boolean;
}

/**
 * Takes a release back: every user off the canary first, then the canary removed, then a `git revert` commit
 * on its branch. Where the branch still differs from the stable after that, its canary starts again, without users.
 */
export async function revert(context: Context, message: string | undefined): Promise<RevertResult> {
  const project = await loadProject(context);
  await trafficOff(context, project);
  await context.engine.version();
  const outcome = await takingOver(context, project, 'revert', async (signal) => {
    const release = await currentRelease(project);
    const run: Run = { context, project, checkout: undefined, release, signal };
    if (release) await changeState(run, 'reverting', 'taken back by hand');
    await retireCanary(run);
    if (!release) return undefined;
    const commit = await commitRevert(run, release, message);
    await changeState(
      run,
      'reverted',
      commit ? 'taken back by a revert commit' : 'taken back; its branch had moved on',
    );
    return {
      release,
      commit,
      redeploy: commit ? await differsFromStable(context, project, commit) : false,
    };
  });
  if (!outcome) return { release: null, commit: null, redeployed: false };
  const { release, commit, redeploy } = outcome;
  if (redeploy) {
    context.emit({
      type: 'notice',
      text: `${release.branch} still differs from ${project.config.git.stable}: its canary starts again, without users.`,
    });
    await deploy(context, { branch: release.branch, patches: [], message: undefined, weight: 0 });
  }
  return { release: release.id, commit: commit ?? null, redeployed: redeploy };
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
  // Commits that came after the release are not its business; those before it are.
  if (!(await git.isAncestor(project.repository, release.commit, tip))) return undefined;
  const base = await revertBase(context, project, release);
  const commits = await git.commitsBetween(project.repository, base, release.commit);
  if (commits.length === 0) return undefined;
  if (commits.some((each) => each.isMerge)) {
    throw new CanaryError(
      'revert-failed',
      `Release ${release.id} contains a merge, which canary does not take back by itself.`,
      {
        hint: `The canary is gone and no user is on it. Run \`git revert -m 1\` on branch \`${release.branch}\` yourself.`,
      },
    );
  }
  const commit = await withScratchTree(context, project, tip, async (tree) => {
    await git
      .revert(
        tree,
        commits.map((each) => each.commit),
      )
      .catch((error: unknown) => {
        throw new CanaryError('revert-failed', `git could not revert release ${release.id}.`, {
          details: error instanceof CanaryError ? error.details : [],
          hint: 'The canary is gone and no user is on it. Make the revert commit by hand.',
          cause: error,
        });
      });
    const subjects = await Promise.all(commits.map((each) => git.subject(tree, each.commit)));
    return git.commit(
      tree,
      message ??
        revertMessage(
          subjects,
          commits.map((each) => each.commit),
        ),
    );
  });
  const move = { ref, from: tip, to: commit };
  await checkMove(context, project, move);
  await advanceBranch(context, project, move);
  const subject = await git.subject(project.repository, commit);
  await record(run, { type: 'commit-made', branch: release.branch, commit, subject });
  return commit;
}

/** Where the release began: the last release of the branch that a person kept, else where the branch left the stable. */
async function revertBase(context: Context, project: Project, release: Release): Promise<string> {
  const { git } = context;
  const stable = await git.resolve(project.repository, branchRef(project.config.git.stable));
  const fork = stable ? await git.mergeBase(project.repository, stable, release.commit) : undefined;
  const earlier = (await allReleases(project)).filter(
    (each) => each.id < release.id && each.branch === release.branch,
  );
  for (const each of earlier.reverse()) {
    const isKept = each.state === 'reverted' && each.reason.startsWith('replaced by');
    const isBefore =
      isKept && (await git.isAncestor(project.repository, each.commit, release.commit));
    if (isBefore && (!fork || (await git.isAncestor(project.repository, fork, each.commit))))
      return each.commit;
  }
  return fork ?? `${release.commit}^`;
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
