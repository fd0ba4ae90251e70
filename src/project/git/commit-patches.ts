import { basename } from 'node:path';
import type { Context } from '../../context.ts';
import { CanaryError, hasCode } from '../../errors.ts';
import { type LineEnd, lineEndOf, patchedPaths, withLineEnds } from '../../git/line-ends.ts';
import { patchMessage } from '../../git/patch.ts';

export interface Patch {
  /** As the user named it. */
  name: string;
  /** Absolute. */
  path: string;
  /** In Latin-1, so that no byte is lost. */
  text: string;
  /** It was not as git writes patches: its line ends say nothing. */
  isMended: boolean;
  isMail: boolean;
}

interface PatchRun {
  branch: string;
  message: string | undefined;
  threeWay: boolean;
}

/**
 * Commits patches in a worktree, one after the other; plain diffs that follow each other become one commit.
 * Returns those that changed something.
 */
export async function commitPatches(
  { git, emit }: Pick<Context, 'git' | 'emit'>,
  tree: string,
  patches: readonly Patch[],
  options: PatchRun,
): Promise<Patch[]> {
  const applied: Patch[] = [];
  let waiting: Patch[] = [];
  const held = ({ path }: Patch) =>
    emit({ type: 'notice', text: `${options.branch} holds ${basename(path)} already.` });

  const commitDiffs = async () => {
    const diffs = waiting;
    waiting = [];
    if (diffs.length === 0) return;
    if (!(await git.hasStaged(tree))) return diffs.forEach(held);
    const names = diffs.map((each) => basename(each.path));
    await git.commit(tree, options.message ?? patchMessage(names));
    applied.push(...diffs);
  };

  const applyOne = async (patch: Patch, text: string): Promise<void> => {
    const conflicts = patch.isMail
      ? await git.applyMail(tree, text, options.threeWay)
      : await git.applyDiff(tree, text, options.threeWay);
    if (conflicts.length > 0) throw conflicting(patch, options.branch, conflicts);
  };
  /** A patch that does not apply as it is may do so with the line ends of the files it changes. */
  const applyFitting = async (patch: Patch): Promise<void> => {
    const fitted = await fitLineEnds(git, tree, patch.text);
    if (patch.isMended || fitted === patch.text) return applyOne(patch, fitted);
    await applyOne(patch, patch.text).catch(async (error: unknown) => {
      if (!hasCode(error, 'git-failed')) throw error;
      await applyOne(patch, fitted);
    });
  };

  for (const patch of patches) {
    if (patch.isMail) await commitDiffs();
    const before = await git.resolve(tree, 'HEAD');
    try {
      await applyFitting(patch);
    } catch (error) {
      // For instance after a deploy that was stopped once the branch had moved.
      if (!hasCode(error, 'git-failed') || !(await isApplied(git, tree, patch.text)))
        throw refused(patch, options.branch, error);
      held(patch);
      continue;
    }
    if (!patch.isMail) waiting.push(patch);
    else if ((await git.resolve(tree, 'HEAD')) === before) held(patch);
    else applied.push(patch);
  }
  await commitDiffs();
  return applied;
}

type Git = Context['git'];

async function fitLineEnds(git: Git, tree: string, patch: string): Promise<string> {
  const ends = new Map<string, LineEnd>();
  for (const path of patchedPaths(patch)) {
    const end = lineEndOf((await git.fileAt(tree, 'HEAD', path)) ?? '');
    if (end) ends.set(path, end);
  }
  return withLineEnds(patch, ends);
}

async function isApplied(git: Git, tree: string, patch: string): Promise<boolean> {
  if (await git.hasApplied(tree, patch)) return true;
  const fitted = await fitLineEnds(git, tree, patch);
  return fitted !== patch && git.hasApplied(tree, fitted);
}

function conflicting(patch: Patch, branch: string, conflicts: readonly string[]): CanaryError {
  return new CanaryError(
    'patch-refused',
    `The patch ${basename(patch.path)} conflicts with branch \`${branch}\`.`,
    {
      details: conflicts,
      hint: 'Both changed the same lines of these files: create the patch again from that branch. Nothing was changed.',
    },
  );
}

function refused(patch: Patch, branch: string, error: unknown): unknown {
  if (!hasCode(error, 'git-failed')) return error;
  return new CanaryError(
    'patch-refused',
    `The patch ${basename(patch.path)} does not apply to branch \`${branch}\`.`,
    {
      details: error.details,
      hint: 'Create the patch again from that branch (`git format-patch`), or try --3way. Nothing was changed.',
      cause: error,
    },
  );
}
