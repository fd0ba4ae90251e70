import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import type { Project } from '../load.ts';

export interface BranchMove {
  ref: string;
  /** Empty for a branch that is not there yet. */
  from: string;
  to: string;
}

/**
 * Moves a branch, or makes it. Where a working tree has it checked out, its files move along, as `git merge` would;
 * to a commit that does not build on the branch, as a forced push brings it, as `git reset --keep` would.
 */
export async function advanceBranch(
  context: Context,
  { repository }: Pick<Project, 'repository'>,
  move: BranchMove,
): Promise<void> {
  const { git } = context;
  const { ref, from, to } = move;
  if (from === to) return;
  const tree = from ? await git.checkedOutAt(repository, ref) : undefined;
  if (!tree) return git.moveBranch(repository, ref, from, to);
  // `git reset --keep` writes over files that git ignores.
  await checkMove(context, { repository }, move);
  if (await git.isAncestor(repository, from, to)) await git.fastForward(tree, to);
  else await git.moveTree(tree, to);
}

/** Refuses, before anything happens, a move that local changes of a working tree would stop. */
export async function checkMove(
  { git }: Context,
  project: Pick<Project, 'repository'>,
  move: BranchMove,
): Promise<void> {
  const tree = await git.checkedOutAt(project.repository, move.ref);
  if (!tree) return;
  const inTheWay = await git.changesInTheWay(tree, move.from, move.to);
  if (inTheWay.length === 0) return;
  const name = move.ref.replace('refs/heads/', '');
  throw new CanaryError(
    'local-changes-in-the-way',
    `Local changes in ${tree} are in the way of moving \`${name}\` forward.`,
    {
      details: inTheWay,
      hint: 'Commit or stash them, then run the command again. Nothing was changed.',
    },
  );
}

/** Refuses a branch that is not where it was seen; throws `branch-moved`. */
export async function requireUnmoved(
  { git }: Context,
  { repository }: Pick<Project, 'repository'>,
  { ref, from }: { ref: string; from: string | undefined },
): Promise<void> {
  if ((await git.resolve(repository, ref)) === from) return;
  throw new CanaryError('branch-moved', `${ref} moved meanwhile.`, {
    hint: 'Fetch, look at what is there, then push again. Nothing was changed.',
  });
}

/** The commit of a local branch; throws `branch-unknown`. */
export async function resolveBranch(
  { git }: Context,
  repository: string,
  name: string,
  ref: string,
): Promise<string> {
  const commit = await git.resolve(repository, ref);
  if (commit) return commit;
  const known = await git.localBranches(repository);
  throw new CanaryError('branch-unknown', `There is no branch \`${name}\`.`, {
    hint: `Create it with \`canary branch ${name}\`. There are: ${known.join(', ') || 'none, commit something first'}.`,
  });
}
