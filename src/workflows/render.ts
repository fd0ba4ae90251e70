import type { Context } from '../context.ts';
import { cloneSource, overrideText } from '../execution/override-file.ts';
import { ensureMaps } from '../execution/split.ts';
import { branchRef } from '../git/branch-name.ts';
import { checkOutRelease } from '../project/checkout/check-out-release.ts';
import { resolveBranch } from '../project/git/branches.ts';
import { requireGit } from '../project/git/require-git.ts';
import { ensureState } from '../project/layout.ts';
import { loadProject, type Project } from '../project/load.ts';
import { currentRelease } from '../release/records/releases.ts';
import { exists, writeDurably } from '../system/files.ts';

/**
 * The override as plain YAML: only the proxy or, with a branch, its clones too. With a branch, the checkout that the
 * clones are built from stays in `.canary/worktrees`, because the YAML points into it.
 */
export async function render(context: Context, branch: string | undefined): Promise<string> {
  const ref = branch === undefined ? undefined : branchRef(branch);
  const project = await loadProject(context);
  const release = await currentRelease(project);
  await ensureConfiguration(project);
  if (branch !== undefined) requireGit(project);
  const wanted =
    branch !== undefined && ref !== undefined
      ? { commit: await resolveBranch(context, project.repository, branch, ref) }
      : release;
  if (wanted === undefined) return overrideText(project, undefined);
  await ensureState(project.layout);
  const checkout = await checkOutRelease(context, project, wanted);
  return overrideText(project, cloneSource({ project, checkout, release }));
}

/** The YAML mounts the proxy's configuration and maps; if no proxy ran yet, they must be written. */
async function ensureConfiguration({ layout, proxy }: Project): Promise<void> {
  await ensureMaps(layout);
  if (await exists(layout.configuration)) return;
  await writeDurably(layout.configuration, proxy.configuration);
}
