import type { Context } from '../context.ts';
import type { ApplyResult } from '../documents/git.ts';
import { branchRef } from '../git/branch-name.ts';
import { patchBranch } from '../project/git/apply-patches.ts';
import { resolveBranch } from '../project/git/branches.ts';
import { findRepository } from '../project/git/repository.ts';

/** Applies patches to a branch, all or none, and deploys nothing. */
export async function apply(
  context: Context,
  patches: readonly string[],
  options: { branch?: string | undefined; message?: string | undefined; threeWay: boolean },
): Promise<ApplyResult> {
  const project = await findRepository(context);
  const branch = options.branch ?? project.config.git.canary;
  const ref = branchRef(branch);
  const from = await resolveBranch(context, project.repository, branch, ref);
  const { message, threeWay } = options;
  const how = { branch, ref, from, patches, message, threeWay };
  return { branch, ...(await patchBranch(context, project, how)) };
}
