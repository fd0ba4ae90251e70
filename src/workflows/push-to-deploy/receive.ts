import { shortCommit } from '../../compose/model/names.ts';
import type { Context } from '../../context.ts';
import type { DeployTarget } from '../../documents/git.ts';
import { CanaryError, messageOf } from '../../errors.ts';
import type { RefResult } from '../../git/proc-receive.ts';
import { type Push, type Route, readPushOptions, routePush } from '../../git/push.ts';
import { parseWeight } from '../../proxy/weight.ts';
import { ended } from '../../sentences.ts';
import { retireCanaryOf, runningBranch, takeCanary } from './pushed-canary.ts';
import { takeStable } from './pushed-stable.ts';
import { deployBranches, readTarget } from './target.ts';

/** Called with the reason as soon as a ref is rejected. */
export type OnRefused = (error: unknown) => void;

/**
 * Handles a push to a prepared repository, ref by ref: the stable branch becomes the stable, the canary branch the
 * canary, a deleted canary branch removes it; everything else is left to git. Reports the result of each ref to git;
 * never throws for a problem with one of them.
 */
export async function receive(
  context: Context,
  repository: string,
  push: Push,
  onRefused: OnRefused,
): Promise<RefResult[]> {
  const target = await readTarget(context, repository);
  const routes = routePush(push, await branchesOf(context, target, push));
  const options = readPushOptions(push.options);
  const weight = 'weight' in options && options.weight ? parseWeight(options.weight) : undefined;
  const results: RefResult[] = [];
  for (const route of routes) {
    try {
      results.push(await follow(context, target, route, weight));
    } catch (error) {
      onRefused(error);
      results.push({ ref: route.update.ref, result: 'refused', reason: messageOf(error) });
    }
  }
  return results;
}

async function branchesOf(context: Context, target: DeployTarget, push: Push) {
  const { stable, canary } = await deployBranches(context, target, push.updates);
  const isDeployed = await context.git.resolve(target.repository, `refs/heads/${stable}`);
  const running = isDeployed ? await runningBranch(context, target) : undefined;
  return { stable, canary, running };
}

async function follow(
  context: Context,
  target: DeployTarget,
  route: Route,
  weight: number | undefined,
): Promise<RefResult> {
  const { ref } = route.update;
  switch (route.action) {
    case 'leave':
      if (route.note) context.emit({ type: 'notice', text: `${route.branch}: ${route.note}` });
      return { ref, result: 'left-to-git' };
    case 'refuse':
      throw new CanaryError('push-invalid', ended(`${route.branch}: ${route.reason}`));
    case 'replace-stable':
      await sayOrRefuseForce(context, target, route);
      await takeStable(context, target, route);
      return { ref, result: 'done' };
    case 'deploy-canary':
      await sayOrRefuseForce(context, target, route);
      await takeCanary(context, target, route, weight);
      return { ref, result: 'done' };
    case 'retire-canary':
      await refuseIfSet(context, target, 'receive.denyDeletes');
      await retireCanaryOf(context, target, route);
      return { ref, result: 'done' };
  }
}

/** The repository's own protection applies: git leaves it to the hook for refs that the hook moves. */
async function refuseIfSet(
  { git }: Context,
  { repository }: DeployTarget,
  setting: 'receive.denyNonFastForwards' | 'receive.denyDeletes',
): Promise<void> {
  if (!(await git.isEnabled(repository, setting))) return;
  throw new CanaryError('push-invalid', `The repository rejects it: ${setting} is set.`, {
    hint: 'Ask the server’s administrator. Nothing was changed.',
  });
}

async function sayOrRefuseForce(
  context: Context,
  target: DeployTarget,
  { branch, update: { from, to } }: Route,
): Promise<void> {
  const { git, emit } = context;
  if (!from || !to || (await git.isAncestor(target.repository, from, to))) return;
  await refuseIfSet(context, target, 'receive.denyNonFastForwards');
  emit({
    type: 'warning',
    text: `A forced push: ${branch} goes from ${shortCommit(from)} to ${shortCommit(to)}, which does not build on it.`,
  });
}
