import { shortCommit } from '../compose/names.ts';
import { CanaryError, messageOf } from '../errors.ts';
import { branchRef } from '../git/branch-name.ts';
import type { RefResult } from '../git/proc-receive.ts';
import { type Push, type RefUpdate, type Route, readPushOptions, routePush } from '../git/push.ts';
import { formatWeight, parseWeight } from '../proxy/weight.ts';
import { hasEnded } from '../rollout/release.ts';
import { abort } from './abort.ts';
import type { Context } from './context.ts';
import { deploy } from './deploy.ts';
import { observe } from './execution/observe.ts';
import { deployFirst, finishFirst } from './first-deploy.ts';
import { advanceBranch } from './project/branches.ts';
import { findState, loadProject } from './project/project.ts';
import {
  deployBranches,
  hasTree,
  inProduction,
  readTarget,
  type Target,
  withConfig,
} from './project/target.ts';
import { newestRelease } from './release/releases.ts';
import { replaceStable } from './replace-stable.ts';
import { up } from './up.ts';

/** Called with why a ref is refused, as it happens. */
export type OnRefused = (error: unknown) => void;

/**
 * Does what somebody pushed to a prepared repository asks for, ref by ref: the stable branch becomes the stable, the
 * canary branch the canary, a deleted canary branch takes it away; everything else is left to git. Tells git
 * what became of each ref; never throws for what is wrong with one.
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

async function branchesOf(context: Context, target: Target, push: Push) {
  const { stable, canary } = await deployBranches(context, target, push.updates);
  const running = (await hasTree(target)) ? await runningBranch(context, target) : undefined;
  return { stable, canary, running };
}

async function runningBranch(context: Context, target: Target): Promise<string | undefined> {
  const release = await newestRelease(await findState(inProduction(context, target)));
  return release && !hasEnded(release) ? release.branch : undefined;
}

async function follow(
  context: Context,
  target: Target,
  route: Route,
  weight: number | undefined,
): Promise<RefResult> {
  const { ref } = route.update;
  switch (route.action) {
    case 'leave':
      if (route.note) context.emit({ type: 'notice', text: `${route.branch}: ${route.note}` });
      return { ref, result: 'left-to-git' };
    case 'refuse':
      throw new CanaryError('push-invalid', `${route.branch}: ${route.reason}.`);
    case 'replace-stable':
      await sayIfForced(context, target, route);
      await takeStable(context, target, route);
      return { ref, result: 'done' };
    case 'deploy-canary':
      await sayIfForced(context, target, route);
      await takeCanary(context, target, route, weight);
      return { ref, result: 'done' };
    case 'retire-canary':
      await retire(context, target, route);
      return { ref, result: 'done' };
  }
}

async function takeStable(context: Context, target: Target, { update }: Route): Promise<void> {
  const { ref, to = '' } = update;
  await requireUnmoved(context, target, update);
  if (!(await context.git.resolve(target.repository, ref))) {
    await deployFirst(context, target, { ref, commit: to });
    return;
  }
  await finishFirst(context, target, update);
  await withConfig(context, target, to, async (production) => {
    if (!(await proxyRuns(production))) await up(production);
    await replaceStable(production, { commit: to });
    await sayIfProxyIsOld(production);
  });
}

async function proxyRuns(production: Context): Promise<boolean> {
  return (await observe(production, await loadProject(production))).proxy.state === 'running';
}

/** What was pushed may say more than which code runs; the proxy takes that over where a person is at hand. */
async function sayIfProxyIsOld(production: Context): Promise<void> {
  const project = await loadProject(production);
  const { proxy } = await observe(production, project);
  if (proxy.configuration === project.proxy.digest) return;
  production.emit({
    type: 'warning',
    text: `canary.yaml changed what the proxy does: run \`canary up\` in ${project.directory}; until then nothing else can be deployed.`,
  });
}

async function takeCanary(
  context: Context,
  target: Target,
  { update, branch }: Route,
  weight: number | undefined,
): Promise<void> {
  const { ref, from, to = '' } = update;
  // Also the names that git allows and that a command could take for an option.
  branchRef(branch);
  await requireUnmoved(context, target, update);
  if (!(await hasTree(target))) throw nothingRuns(target);
  const production = inProduction(context, target);
  const move = { ref, from: from ?? '', to };
  const options = { branch, commit: to, patches: [], message: undefined, weight };
  const result = await deploy(production, options).catch(async (error: unknown) => {
    // Users have seen it: the branch says what they saw, and the error why they no longer do.
    if (await hadUsers(production, to)) await advanceBranch(context, target, move);
    else throw error;
    context.emit({
      type: 'warning',
      text: `${branch} had users and was taken back: ${messageOf(error)} The push stands.`,
    });
    return undefined;
  });
  if (!result) return;
  await advanceBranch(context, target, move);
  const previews = result.entries.flatMap(({ preview }) => (preview ? [preview] : []));
  context.emit({
    type: 'notice',
    text: `The canary runs ${branch} at ${to.slice(0, 12)} with ${formatWeight(result.weight)} of users${previews.length > 0 ? `; alone at ${previews.join(', ')}` : ''}.`,
  });
}

/** Whether the last release is of this commit and users were sent to it. */
async function hadUsers(production: Context, commit: string): Promise<boolean> {
  const release = await newestRelease(await findState(production));
  return release?.commit === commit && release.weights.some(({ weight }) => weight > 0);
}

async function retire(context: Context, target: Target, { update, branch }: Route): Promise<void> {
  if ((await hasTree(target)) && (await runningBranch(context, target)) === branch) {
    const { release } = await abort(inProduction(context, target));
    context.emit({ type: 'notice', text: `The canary of ${branch} is gone (release ${release}).` });
  }
  if (update.from) await context.git.removeBranch(target.repository, update.ref, update.from);
}

/** Somebody may have moved the branch since the pusher looked; git itself would check only afterwards. */
async function requireUnmoved(
  { git }: Context,
  { repository }: Target,
  { ref, from }: RefUpdate,
): Promise<void> {
  if ((await git.resolve(repository, ref)) === from) return;
  throw new CanaryError('branch-moved', `${ref} moved meanwhile.`, {
    hint: 'Fetch, look at what is there, then push again.',
  });
}

async function sayIfForced(
  { git, emit }: Context,
  { repository }: Target,
  { branch, update: { from, to } }: Route,
): Promise<void> {
  if (!from || !to || (await git.isAncestor(repository, from, to))) return;
  emit({
    type: 'warning',
    text: `A forced push: ${branch} goes from ${shortCommit(from)} to ${shortCommit(to)}, which does not build on it.`,
  });
}

function nothingRuns({ directory }: Target): CanaryError {
  return new CanaryError('push-invalid', `Nothing runs in ${directory} yet.`, {
    hint: 'Push the stable branch first: it starts production.',
  });
}
