import { branchRef } from '../git/branch-name.ts';
import type { ReleaseState } from '../rollout/events.ts';
import type { Context } from './context.ts';
import { observe } from './execution/observe.ts';
import { applyPatches } from './project/apply.ts';
import { resolveBranch } from './project/branches.ts';
import { checkOut } from './project/checkout.ts';
import { locked } from './project/locked.ts';
import { loadProject } from './project/project.ts';
import { requireProxy } from './release/guards.ts';
import { startRelease } from './release/start.ts';
import { entryAddresses } from './up.ts';

export interface DeployOptions {
  branch: string;
  /** The commit to release, where the branch itself points elsewhere yet: what is being pushed to it. */
  commit?: string;
  patches: readonly string[];
  message: string | undefined;
  /** Share of users in percent the canary ends with; as it is when left out and it runs already, else 0. */
  weight: number | undefined;
}

export interface DeployResult {
  release: string;
  branch: string;
  commit: string;
  state: ReleaseState;
  weight: number;
  entries: ReturnType<typeof entryAddresses>;
}

/**
 * Puts a branch beside the stable as its canary: commit, worktree, build, start, ready, traffic. Stops at
 * the given weight, where a person promotes or reverts.
 */
export async function deploy(context: Context, options: DeployOptions): Promise<DeployResult> {
  const { branch } = options;
  const ref = branchRef(branch);
  await context.engine.version();
  const project = await loadProject(context);
  const head = options.commit ?? (await resolveBranch(context, project.repository, branch, ref));
  requireProxy(project, await observe(context, project));

  return locked(context, project, 'deploy', async (signal) => {
    const commit =
      options.patches.length === 0
        ? head
        : await applyPatches(context, project, { ...options, ref, from: head });
    // Before an earlier release ends: a branch that cannot be a canary changes nothing.
    const checkout = await checkOut(context, project, commit);
    const { release, weight } = await startRelease(
      { context, project, signal },
      { branch, checkout, weight: options.weight },
    );
    return {
      release: release.id,
      branch,
      commit,
      state: 'paused',
      weight,
      entries: entryAddresses(project),
    };
  });
}
