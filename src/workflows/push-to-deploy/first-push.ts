import { join } from 'node:path';
import { statefulReason } from '../../compose/services/stateful.ts';
import { hasUsers } from '../../compose/slice.ts';
import type { Context } from '../../context.ts';
import type { DeployTarget } from '../../documents/git.ts';
import { CanaryError } from '../../errors.ts';
import { observe } from '../../execution/observe.ts';
import { unlinkedScope } from '../../execution/override-file.ts';
import { requireLargeFiles } from '../../project/checkout/large-files.ts';
import { loadProject, type Project } from '../../project/load.ts';
import { buildOptions, callOptions } from '../../project/run.ts';
import { releaseToStable } from '../../release/release-to-stable.ts';
import { withLock } from '../../release/with-lock.ts';
import { containersOf, type Observed } from '../../rollout/observed.ts';
import { acceptsConnections } from '../../system/ports.ts';
import { FileLock } from '../../system/state/lock.ts';
import { up } from '../up.ts';
import { hasTree, inProduction } from './target.ts';

/**
 * The first push of the stable branch: checks its files out around those already in production's folder, such as
 * `.env`, then builds and starts everything and puts it behind the proxy. The branch appears when that is done; until
 * then it can be pushed again, fixed or not. Throws `lock-held` while another push is at work.
 */
export async function deployFirst(
  context: Context,
  target: DeployTarget,
  { ref, commit }: { ref: string; commit: string },
): Promise<void> {
  const { git, clock } = context;
  const { repository, directory } = target;
  // Production may have neither folder nor compose file yet, so its own lock cannot be used.
  const lock = new FileLock(join(repository, 'canary', 'receive.lock'), clock);
  const release = await lock.acquire('receive');
  try {
    if (await git.resolve(repository, ref)) throw pushedMeanwhile(ref);
    await git.checkOutAround(repository, directory, commit);
    await requireLargeFiles(context, directory);
    await startAll(inProduction(context, target), commit);
    await git.moveBranch(repository, ref, '', commit);
    await git.attach(directory, ref);
  } finally {
    await release();
  }
}

/** Puts production on its branch if a first push was killed in the moment after that appeared. */
export async function finishFirst(
  { git }: Context,
  target: DeployTarget,
  { ref }: { ref: string },
): Promise<void> {
  const { repository, directory } = target;
  if (!(await hasTree(target)) || (await git.currentBranch(directory))) return;
  const isThere = (await git.resolve(directory, 'HEAD')) === (await git.resolve(repository, ref));
  if (isThere) await git.attach(directory, ref);
}

/**
 * A first push owns the whole project, whatever an earlier one or plain `docker compose up` left of it: every service
 * is updated to the commit as `docker compose up --build` would, but stateful services are only started. If users are
 * served already, the slice is released as by every later push, which tries it before any user sees it.
 */
async function startAll(production: Context, commit: string): Promise<void> {
  const project = await loadProject(production);
  const observed = await observe({ context: production, project });
  const isServing = await servesUsers(project, observed);
  const tried = isServing ? project.slice.map(({ service }) => service) : [];
  const services = Object.keys(project.model.services).filter((name) => !tried.includes(name));
  production.emit({ type: 'notice', text: `Building ${project.name} for the first time.` });
  await withLock(production, project, 'up', (signal) =>
    bringToCommit({ production, project, observed, signal }, services),
  );
  await up(production);
  if (isServing) await releaseToStable(production, { to: { commit, from: undefined } });
}

/** Builds services, and recreates their containers that differ from what was built; `up` starts absent ones. */
async function bringToCommit(
  { production, project, observed, signal }: Bringing,
  services: readonly string[],
): Promise<void> {
  // For Compose, no service means every service.
  if (services.length === 0) return;
  const { compose } = production;
  const run = { context: production, project, signal, checkout: undefined, release: undefined };
  await compose.build(project.scope, services, buildOptions(run));
  const existing = services.filter((name) => containersOf(observed, 'stable', name).length > 0);
  const { model } = project;
  const keepsData = (name: string) => statefulReason(model.services[name] ?? {}, model);
  const keeping = existing.filter(keepsData);
  const moving = existing.filter((name) => !keepsData(name));
  const scope = await unlinkedScope(run);
  if (keeping.length > 0) await compose.startMissing(scope, keeping, callOptions(run));
  // As `docker compose up --build` does: a commit may name an image that is not here yet.
  if (moving.length > 0) await compose.up(scope, moving, { ...callOptions(run), pulls: true });
}

interface Bringing {
  production: Context;
  project: Project;
  observed: Observed;
  signal: AbortSignal;
}

/** Whether every entry accepts connections; a container that restarts again and again runs too, now and then. */
async function servesUsers(project: Project, observed: Observed): Promise<boolean> {
  const answers = project.slice.filter(hasUsers).map(async ({ service, port = 0 }) => {
    const running = containersOf(observed, 'stable', service).filter(
      (each) => each.state === 'running' && each.health !== 'unhealthy',
    );
    const tried = running.map(async ({ addresses: [address] }) =>
      address === undefined ? false : acceptsConnections(address, port),
    );
    return (await Promise.all(tried)).includes(true);
  });
  return (await Promise.all(answers)).every(Boolean);
}

function pushedMeanwhile(ref: string): CanaryError {
  return new CanaryError('branch-moved', `${ref} was pushed by another person meanwhile.`, {
    hint: 'Fetch, look at what is there, then push again.',
  });
}
