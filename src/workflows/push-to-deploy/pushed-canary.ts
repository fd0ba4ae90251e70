import { shortCommit } from '../../compose/model/names.ts';
import type { Context } from '../../context.ts';
import type { DeployTarget } from '../../documents/git.ts';
import { CanaryError, hasCode, messageOf } from '../../errors.ts';
import { branchRef, conflictingBranch } from '../../git/branch-name.ts';
import type { Route } from '../../git/push.ts';
import { findState } from '../../project/load.ts';
import { formatWeight } from '../../proxy/weight.ts';
import { newestRelease } from '../../release/records/releases.ts';
import { hasEnded } from '../../rollout/release.ts';
import { ended } from '../../sentences.ts';
import { abort } from '../abort.ts';
import { deploy } from '../deploy.ts';
import { hasTree, inProduction } from './target.ts';

/** A push of the canary branch: starts its canary, and replaces one that runs already. */
export async function takeCanary(
  context: Context,
  target: DeployTarget,
  { update, branch }: Route,
  weight: number | undefined,
): Promise<void> {
  const { ref, from, to = '' } = update;
  await requireFreeBranch(context, target, ref, branch);
  if (!(await hasTree(target))) throw nothingRuns(target);
  const production = inProduction(context, target);
  const ahead = { commit: to, from, isPushed: true };
  const source = { branch, ahead, patches: [], message: undefined };
  const options = { source, weight };
  const result = await deploy(production, options).catch(async (error: unknown) => {
    if (from === to || (await context.git.resolve(target.repository, ref)) !== to) throw error;
    const end = hasCode(error, 'taken-over') ? 'runs on' : 'had users and was taken back';
    const text = `${branch} ${end}: ${messageOf(error)} The push stands.`;
    context.emit({ type: 'warning', text });
    return undefined;
  });
  if (!result) return;
  if (result.comparison) return;
  if (result.state === 'promoted') {
    const text = ended(`${branch} was promoted at ${shortCommit(to)}: ${result.reason}`);
    return context.emit({ type: 'notice', text });
  }
  const previews = result.entries.flatMap(({ preview }) => (preview ? [preview] : []));
  context.emit({
    type: 'notice',
    text: `The canary runs ${branch} at ${shortCommit(to)} with ${formatWeight(result.weight)} of users${previews.length > 0 ? `; alone at ${previews.join(', ')}` : ''}.`,
  });
}

/** Rejects, before anything starts, a branch that could not be moved in the end. */
async function requireFreeBranch(
  { git }: Context,
  { repository }: DeployTarget,
  ref: string,
  branch: string,
): Promise<void> {
  // Also rejects names that git allows but that a command could take for an option.
  branchRef(branch);
  const tree = await git.checkedOutAt(repository, ref);
  if (tree) {
    throw new CanaryError('branch-checked-out', `\`${branch}\` is checked out in ${tree}.`, {
      hint: 'Switch that working tree to another branch, then push again. Nothing was changed.',
    });
  }
  const other = conflictingBranch(branch, await git.localBranches(repository));
  if (other) {
    throw new CanaryError('branch-name-unsafe', `\`${branch}\` cannot be beside \`${other}\`.`, {
      hint: 'Git stores branches like files and folders; choose another name. Nothing was changed.',
    });
  }
}

/** A deleted canary branch: sends every user to the stable, removes canary and branch. */
export async function retireCanaryOf(
  context: Context,
  target: DeployTarget,
  { update, branch }: Route,
): Promise<void> {
  await requireFreeBranch(context, target, update.ref, branch);
  if ((await hasTree(target)) && (await runningBranch(context, target)) === branch) {
    const { release } = await abort(inProduction(context, target));
    context.emit({ type: 'notice', text: `The canary of ${branch} is gone (release ${release}).` });
  }
  if (update.from) await context.git.removeBranch(target.repository, update.ref, update.from);
}

/** The branch whose canary runs in production. */
export async function runningBranch(
  context: Context,
  target: DeployTarget,
): Promise<string | undefined> {
  const release = await newestRelease(await findState(inProduction(context, target)));
  return release && !hasEnded(release) ? release.branch : undefined;
}

function nothingRuns({ directory }: DeployTarget): CanaryError {
  return new CanaryError('push-invalid', `Nothing runs in ${directory} yet.`, {
    hint: 'Push the stable branch first: it starts production.',
  });
}
