import type { Context } from '../../context.ts';
import { branchRef } from '../../git/branch-name.ts';
import { checkOut } from '../../project/checkout/checkout.ts';
import { trustOf } from '../../project/checkout/trust.ts';
import { applyPatches } from '../../project/git/apply-patches.ts';
import { advanceBranch, requireUnmoved, resolveBranch } from '../../project/git/branches.ts';
import { requireGit } from '../../project/git/require-git.ts';
import { imagesOfBranch } from '../../project/images/branch-images.ts';
import type { Project } from '../../project/load.ts';
import type { ReleasedImage } from '../../rollout/source.ts';
import type { Candidate, Vet } from './candidate.ts';
import { getPulled } from './pulled.ts';

export interface BranchOptions {
  branch: string;
  /** A commit that is not on the branch yet: it is released, and the branch is moved to it once that is done. */
  ahead?: Ahead;
  patches: readonly string[];
  message: string | undefined;
  vet?: Vet;
}

interface Ahead {
  commit: string;
  /** Where the branch is; `undefined` if there is none yet. */
  from: string | undefined;
  /** Whether it comes from somebody who pushed, and gets no more of the machine than the stable has. */
  isPushed: boolean;
  /** The images that it names, if they were looked up before. */
  pulled?: readonly ReleasedImage[];
}

/** A branch, with patches on top if there are any. Throws `branch-unknown` or `repository-missing`. */
export async function branchCandidate(
  context: Context,
  project: Project,
  { branch, ahead, patches, message, vet }: BranchOptions,
): Promise<Candidate> {
  const ref = branchRef(branch);
  requireGit(project);
  const head = ahead?.commit ?? (await resolveBranch(context, project.repository, branch, ref));
  let to = head;
  const moveBranch = async () => {
    if (ahead) await advanceBranch(context, project, { ref, from: ahead.from ?? '', to });
  };
  return {
    branch,
    async checkOut() {
      if (ahead) await requireUnmoved(context, project, { ref, from: ahead.from });
      if (patches.length > 0)
        to = await applyPatches(context, project, { branch, patches, message, ref, from: head });
      const trust = ahead?.isPushed ? await trustOf(context, project) : undefined;
      const checkout = await checkOut(context, project, to, {
        vetFiles: trust?.vetFiles,
        findPulled: async (model) => ahead?.pulled ?? imagesOfBranch(context, project, model),
      });
      await trust?.vet(checkout);
      await vet?.(checkout);
      await getPulled(context, project, checkout);
      return checkout;
    },
    onReady: moveBranch,
    // The branch must contain what users saw.
    onFailureWithUsers: () => moveBranch().catch(() => undefined),
  };
}
