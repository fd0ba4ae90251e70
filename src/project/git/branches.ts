import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import { withNearest } from '../../nearest.ts';
import type { Project } from '../load.ts';

export interface BranchMove {
  ref: string;
  /** Empty for a branch that does not exist yet. */
  from: string;
  to: string;
}

/**
 * Moves or creates a branch. If a working tree has it checked out, its files are updated as `git merge` would; for a
 * commit that does not build on the branch (a forced push), as `git reset --keep` would.
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
  // `git reset --keep` overwrites files that git ignores.
  await checkMove(context, { repository }, move);
  if (await git.isAncestor(repository, from, to)) await git.fastForward(tree, to);
  else await git.moveTree(tree, to);
}

/** Rejects a move that local changes of a working tree would stop, before anything is changed. */
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

/** Rejects a branch that is no longer where it was seen; throws `branch-moved`. */
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
    hint: withNearest(
      `Create it with \`canary branch ${name}\`. There are: ${known.join(', ') || 'none, commit something first'}.`,
      name,
      known,
    ),
  });
}
