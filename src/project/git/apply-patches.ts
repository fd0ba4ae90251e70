import { resolve } from 'node:path';
import type { Context } from '../../context.ts';
import { CanaryError, messageOf } from '../../errors.ts';
import { asGitWrites } from '../../git/line-ends.ts';
import { isMailPatch } from '../../git/patch.ts';
import { readFile, stat } from '../../system/disk.ts';
import { isMissing } from '../../system/files.ts';
import { advanceBranch } from './branches.ts';
import { commitPatches, type Patch } from './commit-patches.ts';
import type { Repository } from './repository.ts';
import { withScratchTree } from './scratch-tree.ts';

export interface ApplyOptions {
  branch: string;
  ref: string;
  from: string;
  patches: readonly string[];
  message: string | undefined;
  /** Merge if the branch has other lines around a change (git-apply(1), "--3way"). */
  threeWay?: boolean;
}

/**
 * Applies patches to a branch, all or none, in canary's own worktree, and moves the branch to the result.
 * Mails keep their author, date and message; plain diffs become one commit. Returns the branch's new commit.
 */
export async function applyPatches(
  context: Context,
  project: Pick<Repository, 'repository' | 'config'>,
  options: ApplyOptions,
): Promise<string> {
  return (await patchBranch(context, project, options)).commit;
}

/** The same; also returns which patches changed something, as they were named. */
export async function patchBranch(
  context: Context,
  project: Pick<Repository, 'repository' | 'config'>,
  { branch, ref, from, message, threeWay = false, ...options }: ApplyOptions,
): Promise<{ commit: string; applied: string[] }> {
  const { git } = context;
  const patches = await Promise.all(options.patches.map((name) => readPatch(context, name)));
  const tree = await git.checkedOutAt(project.repository, ref);
  if (tree) throw checkedOut(branch, tree, project.config.git.stable);
  return withScratchTree(context, project, from, async (scratch) => {
    const applied = await commitPatches(context, scratch, patches, { branch, message, threeWay });
    const to = await git.resolve(scratch, 'HEAD');
    if (!to) throw new CanaryError('internal', 'The worktree has no commit after applying.');
    await advanceBranch(context, project, { ref, from, to });
    return { commit: to, applied: applied.map((each) => each.name) };
  });
}

async function readPatch({ options }: Context, name: string): Promise<Patch> {
  const path = resolve(options.directory, name);
  try {
    // A pipe, or a device without an end.
    if (!(await stat(path)).isFile()) throw new Error('it is not a file');
    const bytes = await readFile(path);
    const text = asGitWrites(bytes);
    const isMended = text !== bytes.toString('latin1');
    return { name, path, text, isMended, isMail: isMailPatch(text) };
  } catch (cause) {
    const message = isMissing(cause)
      ? `There is no patch ${path}.`
      : `The patch ${path} cannot be read: ${messageOf(cause)}.`;
    throw new CanaryError('patch-missing', message, { hint: 'Check the path.', cause });
  }
}

function checkedOut(branch: string, tree: string, other: string): CanaryError {
  return new CanaryError(
    'branch-checked-out',
    `Branch \`${branch}\` is checked out in ${tree}; canary does not change your working tree.`,
    {
      hint: `Apply and commit there yourself, or switch that tree to another branch (\`git switch ${other}\`), then run this again.`,
    },
  );
}
