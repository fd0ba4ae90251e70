import type { Context } from '../../context.ts';
import { branchRef } from '../../git/branch-name.ts';
import { checkOut } from '../../project/checkout/checkout.ts';
import { trustOf } from '../../project/checkout/trust.ts';
import { applyPatches } from '../../project/git/apply-patches.ts';
import { advanceBranch, requireUnmoved, resolveBranch } from '../../project/git/branches.ts';
import { requireGit } from '../../project/git/require-git.ts';
import type { Project } from '../../project/load.ts';
import type { Candidate } from './candidate.ts';

export interface BranchOptions {
  branch: string;
  /** What is being pushed to the branch: it is released, and the branch is moved to it once that is done. */
  pushed?: { commit: string; from: string | undefined };
  patches: readonly string[];
  message: string | undefined;
}

/** A branch, with patches on top if there are any. Throws `branch-unknown` or `repository-missing`. */
export async function branchCandidate(
  context: Context,
  project: Project,
  { branch, pushed, patches, message }: BranchOptions,
): Promise<Candidate> {
  const ref = branchRef(branch);
  requireGit(project);
  const head = pushed?.commit ?? (await resolveBranch(context, project.repository, branch, ref));
  let to = head;
  const moveBranch = async () => {
    if (pushed) await advanceBranch(context, project, { ref, from: pushed.from ?? '', to });
  };
  return {
    branch,
    async checkOut() {
      if (pushed) await requireUnmoved(context, project, { ref, from: pushed.from });
      if (patches.length > 0)
        to = await applyPatches(context, project, { branch, patches, message, ref, from: head });
      const trust = pushed && (await trustOf(context, project));
      const checkout = await checkOut(context, project, to, { vetFiles: trust?.vetFiles });
      await trust?.vet(checkout);
      return checkout;
    },
    onReady: moveBranch,
    // The branch must contain what users saw.
    onFailureWithUsers: () => moveBranch().catch(() => undefined),
  };
}
