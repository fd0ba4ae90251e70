import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { CanaryError, hasCode } from '../../errors.ts';
import { isMailPatch, patchMessage } from '../../git/patch.ts';
import { exists } from '../../system/files.ts';
import type { Context } from '../context.ts';
import { advanceBranch } from './branches.ts';
import { ensureState } from './layout.ts';
import type { Project } from './project.ts';

export interface ApplyOptions {
  branch: string;
  ref: string;
  from: string;
  patches: readonly string[];
  message: string | undefined;
}

/**
 * Applies patches to a branch, all or none, in a worktree of our own, and moves the branch to the result.
 * Mails keep their author, date and message; plain diffs become one commit. Returns the branch's new commit.
 */
export async function applyPatches(
  context: Context,
  project: Project,
  options: ApplyOptions,
): Promise<string> {
  const { git } = context;
  const patches = options.patches.map((path) => resolve(context.options.directory, path));
  for (const patch of patches) {
    if (!(await exists(patch))) {
      throw new CanaryError('patch-missing', `There is no patch ${patch}.`, {
        hint: 'Check the path after --apply.',
      });
    }
  }
  const tree = await git.checkedOutAt(project.repository, options.ref);
  if (tree) {
    throw new CanaryError(
      'branch-checked-out',
      `Branch \`${options.branch}\` is checked out in ${tree}; canary does not change your working tree.`,
      {
        hint: `Apply and commit there yourself, or switch that tree to another branch (\`git switch ${project.config.git.stable}\`), then run this again.`,
      },
    );
  }
  return withScratchTree(context, project, options.from, async (scratch) => {
    const diffs: string[] = [];
    const commitDiffs = async () => {
      if (diffs.length > 0)
        await git.commit(scratch, options.message ?? patchMessage(diffs.splice(0)));
    };
    for (const patch of patches) {
      try {
        if (isMailPatch(await readFile(patch, 'utf8'))) {
          await commitDiffs();
          await git.applyMail(scratch, patch);
        } else {
          await git.applyDiff(scratch, patch);
          diffs.push(basename(patch));
        }
      } catch (error) {
        // As after a deploy that was stopped once the branch had moved.
        if (!(await git.hasApplied(scratch, patch))) throw refused(patch, options.branch, error);
        context.emit({
          type: 'notice',
          text: `${options.branch} holds ${basename(patch)} already.`,
        });
      }
    }
    await commitDiffs();
    const to = await git.resolve(scratch, 'HEAD');
    if (!to) throw new CanaryError('internal', 'The worktree has no commit after applying.');
    await advanceBranch(context, project, { ref: options.ref, from: options.from, to });
    return to;
  });
}

/** A worktree for one piece of git work, removed whatever happens. */
export async function withScratchTree<T>(
  { git }: Context,
  project: Project,
  commit: string,
  work: (tree: string) => Promise<T>,
): Promise<T> {
  await ensureState(project.layout);
  const home = await mkdtemp(join(project.layout.state, 'scratch-'));
  const tree = join(home, 'tree');
  try {
    await git.addWorktree(project.repository, tree, commit);
    return await work(tree);
  } finally {
    await git.removeWorktree(project.repository, tree);
    await rm(home, { recursive: true, force: true });
  }
}

function refused(patch: string, branch: string, error: unknown): unknown {
  if (!hasCode(error, 'git-failed')) return error;
  return new CanaryError(
    'patch-refused',
    `The patch ${basename(patch)} does not apply to branch \`${branch}\`.`,
    {
      details: error.details,
      hint: 'Make the patch anew against that branch (`git format-patch`). Nothing was changed.',
      cause: error,
    },
  );
}
