import { shortCommit } from '../compose/model/names.ts';
import type { Context } from '../context.ts';
import type { BranchResult } from '../documents/git.ts';
import { CanaryError } from '../errors.ts';
import { branchRef } from '../git/branch-name.ts';
import { resolveBranch } from '../project/git/branches.ts';
import { findRepository, type Repository } from '../project/git/repository.ts';

/** Creates a branch from the stable, or from `from`, without switching to it. */
export async function branch(
  context: Context,
  name: string,
  from: string | undefined,
): Promise<BranchResult> {
  const ref = branchRef(name);
  const { git } = context;
  const project = await findRepository(context);
  const { repository } = project;
  const start = await startCommit(context, project, from);
  const commit = await git.resolve(repository, ref);
  if (commit === undefined) {
    await git.createBranch(repository, ref, start);
    return { branch: name, commit: start, created: true };
  }
  if (await git.isAncestor(repository, start, commit)) {
    return { branch: name, commit, created: false };
  }
  const origin = from ?? project.config.git.stable;
  throw new CanaryError(
    'branch-exists',
    `There is a branch \`${name}\` already, at ${shortCommit(commit)}, without all of \`${origin}\`.`,
    { hint: `Merge \`${origin}\` into it, or choose another name. Nothing was changed.` },
  );
}

async function startCommit(
  context: Context,
  { repository, config }: Repository,
  from: string | undefined,
): Promise<string> {
  const { stable } = config.git;
  if (from === undefined) return resolveBranch(context, repository, stable, branchRef(stable));
  // A branch comes before a tag of that name, as everywhere in canary.
  const commit =
    (await context.git.resolve(repository, `refs/heads/${from}`)) ??
    (await context.git.resolve(repository, from));
  if (commit) return commit;
  throw new CanaryError('commit-unknown', `There is no commit \`${from}\`.`, {
    hint: 'Name a branch, a tag or a commit after --from.',
  });
}
