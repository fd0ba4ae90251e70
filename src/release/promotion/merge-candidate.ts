import { shortCommit } from '../../compose/model/names.ts';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import { branchRef } from '../../git/branch-name.ts';
import { checkOutRelease } from '../../project/checkout/check-out-release.ts';
import type { Checkout } from '../../project/checkout/checkout.ts';
import { trustOf } from '../../project/checkout/trust.ts';
import { checkMove, resolveBranch } from '../../project/git/branches.ts';
import { withScratchTree } from '../../project/git/scratch-tree.ts';
import type { Project } from '../../project/load.ts';
import type { ReleaseIdentity } from '../../rollout/release.ts';

/** What the stable will be: of images exactly those, of a branch the commit to which the stable branch will point. */
export async function promotionCandidate(
  context: Context,
  project: Project,
  release: ReleaseIdentity,
  message: string | undefined,
): Promise<string> {
  return release.source ? release.commit : mergeCandidate(context, project, release, message);
}

/**
 * Checks that commit out. Merged with a stable branch that moved on, a pushed branch can get what it did not have when it
 * was pushed: throws `branch-untrusted`.
 */
export async function checkOutCandidate(
  context: Context,
  project: Project,
  release: ReleaseIdentity,
  commit: string,
): Promise<Checkout> {
  const isVetted = !release.isPushed || commit === release.commit;
  const trust = isVetted ? undefined : await trustOf(context, project);
  const checkout = await checkOutRelease(
    context,
    project,
    { ...release, commit },
    { vetFiles: trust?.vetFiles },
  );
  await trust?.vet(checkout);
  return checkout;
}

/**
 * The commit the stable branch will point to: the canary's own when the branch can move forward to it, else
 * a merge made in canary's own worktree. Rejects conflicts and local changes before anything is touched.
 */
async function mergeCandidate(
  context: Context,
  project: Project,
  release: ReleaseIdentity,
  message: string | undefined,
): Promise<string> {
  const { git } = context;
  const stable = project.config.git.stable;
  const ref = branchRef(stable);
  const from = await resolveBranch(context, project.repository, stable, ref);
  const base = await git.mergeBase(project.repository, from, release.commit);
  if (base === undefined) {
    throw new CanaryError(
      'merge-conflict',
      `\`${release.branch}\` and \`${stable}\` have no commit in common.`,
      {
        hint: `Bring the change to a branch that begins at \`${stable}\`, deploy and promote that. Nothing was changed.`,
      },
    );
  }
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
  release: ReleaseIdentity,
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
