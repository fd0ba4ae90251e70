import { shortCommit } from '../compose/names.ts';
import { CanaryError, messageOf } from '../errors.ts';
import { branchRef } from '../git/branch-name.ts';
import { reconcile } from '../rollout/reconcile.ts';
import type { Release } from '../rollout/release.ts';
import type { Context } from './context.ts';
import { execute } from './execution/execute.ts';
import { observe } from './execution/observe.ts';
import { overrideText, type Run, record, writeOverride } from './execution/run.ts';
import { situationOf } from './execution/situation.ts';
import { checkMove, resolveBranch } from './project/branches.ts';
import { type Checkout, checkOut, servicesMounting } from './project/checkout.ts';
import { locked } from './project/locked.ts';
import { loadProject, type Project } from './project/project.ts';
import { withScratchTree } from './project/scratch-tree.ts';
import { requireCanary, requireProxy } from './release/guards.ts';
import { clearLeftovers } from './release/leftovers.ts';
import { changeState, currentRelease, withRelease } from './release/releases.ts';
import { restoreNeeded } from './release/retire.ts';

export interface PromoteResult {
  release: string;
  branch: string;
  commit: string;
}

/**
 * Makes the canary's code the stable, without a gap: merge, every user to the canary, the stable replaced
 * while it has none, users back, branch moved, canary removed. A failure puts the stable back.
 * The message is that of the merge commit, where one is made.
 */
export async function promote(context: Context, message?: string): Promise<PromoteResult> {
  await context.engine.version();
  const project = await loadProject(context);
  return locked(context, project, 'promote', async (signal) => {
    const observed = await observe(context, project);
    requireProxy(project, observed);
    const release = requireCanary(await currentRelease(project), observed);
    const stable = project.config.git.stable;
    const commit =
      release.replacing?.commit ?? (await mergeCandidate(context, project, release, message));
    const checkout = await checkOut(context, project, commit);
    const run: Run = { context, project, checkout, release, signal };
    const movedFiles = await findMovedFiles(context, project, release, checkout);
    const situation = { ...(await situationOf(context, project, checkout)), movedFiles };
    const plan = reconcile(
      { promote: { commit, branch: stable }, canary: null },
      observed,
      situation,
    );
    context.emit({ type: 'plan-made', plan });
    await changeState(run, 'promoting', `to ${shortCommit(commit)}`);
    try {
      await execute(run, plan);
    } catch (error) {
      await putBack(run, error);
      throw error;
    }
    await record(run, { type: 'stable-replaced', commit });
    await writeOverride(project, overrideText(project, undefined));
    await changeState(run, 'promoted', `the stable runs ${shortCommit(commit)}`);
    await clearLeftovers(context, project, []);
    return { release: release.id, branch: stable, commit };
  });
}

/**
 * The services that mount files which this promotion changes. They come from the user's working tree, so that
 * tree has to be on the stable branch and move along; anything else would leave new code with old files.
 */
async function findMovedFiles(
  context: Context,
  project: Project,
  release: Release,
  checkout: Checkout,
): Promise<string[]> {
  const { git } = context;
  const ref = branchRef(project.config.git.stable);
  const from = release.replacing?.from ?? (await git.resolve(project.repository, ref));
  if (!from) return [];
  const paths = await git.changedPaths(project.repository, from, checkout.commit);
  const services = servicesMounting(checkout, paths);
  if (
    services.length === 0 ||
    (await git.checkedOutAt(project.repository, ref)) === project.repository
  )
    return services;
  throw new CanaryError(
    'branch-checked-out',
    `The promotion changes files that ${services.join(', ')} mounts, but ${project.repository} is not on \`${project.config.git.stable}\`.`,
    {
      hint: `Switch that working tree to \`${project.config.git.stable}\`, then promote again. Nothing was changed.`,
    },
  );
}

/**
 * The commit the stable branch will point to: the canary's own when the branch can move forward to it, else
 * a merge made in a worktree of our own. Refuses conflicts and local changes before anything is touched.
 */
async function mergeCandidate(
  context: Context,
  project: Project,
  release: Release,
  message: string | undefined,
): Promise<string> {
  const { git } = context;
  const stable = project.config.git.stable;
  const ref = branchRef(stable);
  const from = await resolveBranch(context, project.repository, stable, ref);
  const base = await git.mergeBase(project.repository, from, release.commit);
  if (base === release.commit && from !== release.commit) {
    throw new CanaryError(
      'merge-conflict',
      `\`${stable}\` holds ${shortCommit(release.commit)} already, with later commits on top.`,
      {
        hint: `To go back to it, revert those commits on a branch, deploy that branch and promote it.`,
      },
    );
  }
  const candidate =
    base === from ? release.commit : await makeMerge(context, project, release, from, message);
  await checkMove(context, project, { ref, from, to: candidate });
  return candidate;
}

async function makeMerge(
  context: Context,
  project: Project,
  release: Release,
  from: string,
  message: string | undefined,
): Promise<string> {
  const { git } = context;
  const stable = project.config.git.stable;
  return withScratchTree(context, project, from, async (tree) => {
    const conflicts = await git.merge(
      tree,
      release.commit,
      message ?? `Merge branch '${release.branch}' into ${stable}`,
    );
    if (conflicts.length > 0) {
      throw new CanaryError(
        'merge-conflict',
        `\`${release.branch}\` and \`${stable}\` changed the same lines.`,
        {
          details: conflicts,
          hint: `Merge \`${stable}\` into \`${release.branch}\`, deploy that, then promote. Nothing was changed.`,
        },
      );
    }
    const merged = await git.resolve(tree, 'HEAD');
    if (!merged) throw new CanaryError('internal', 'The merge left no commit.');
    return merged;
  });
}

/** After a failed promotion: the stable as it was, its users back on it, the canary kept for a look. */
async function putBack(run: Run, error: unknown): Promise<void> {
  const { context, project } = run;
  const release = (await withRelease(run, run.release?.id ?? '')).release;
  // Not the signal that may have stopped the promotion: putting back has to come to its end.
  const repair: Run = { ...run, release, signal: new AbortController().signal };
  const reason = `the promotion failed: ${messageOf(error)}`;
  try {
    const observed = await observe(context, project);
    const situation = await situationOf(context, project, run.checkout);
    const restore = await restoreNeeded(repair, observed, situation);
    if (restore) {
      await execute(
        { ...repair, checkout: undefined },
        reconcile({ restore }, observed, situation),
      );
      await record(repair, { type: 'stable-restored' });
    } else if (!release?.replacing) {
      await execute(repair, [{ kind: 'set-weight', weight: 0, cause: 'the promotion failed' }]);
    }
    // A stable that was replaced whole stays; what is left to do is for the next `promote`.
    await changeState(repair, release?.replacing && !restore ? 'failed' : 'paused', reason);
  } catch (failure) {
    context.emit({
      type: 'warning',
      text: `The stable could not be put back (${messageOf(failure)}); the canary keeps serving. Run \`canary abort\` to try again.`,
    });
    await changeState(repair, 'failed', reason);
  }
}
