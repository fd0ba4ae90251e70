import { callerLinks, isFoundByHost } from '../../compose/ingress/ingress.ts';
import { callOptions, type Run } from '../../project/run.ts';
import { containersOf, type ObservedContainer, runningOf } from '../../rollout/observed.ts';
import type { OperationOf } from '../../rollout/operation.ts';
import type { ComposeScope } from '../../system/docker/compose.ts';
import { observe } from '../observe.ts';
import { overriddenScope } from '../override-file.ts';
import { recreating, removeContainer, startContainer, stopContainer } from './container-hooks.ts';
import { recreateNamespaceMembers, withMembers } from './namespace-members.ts';
import { awaitReady } from './readiness.ts';
import { requireSameImages } from './same-images.ts';
import { awaitSecondContainers, canHaveSecond } from './second-container.ts';

/** Recreates callers whose links are out of date, without downtime if two of them can run side by side. */
export async function linkCallers(run: Run, operation: OperationOf<'link-callers'>): Promise<void> {
  const scope = await overriddenScope(run);
  const wanted = callerLinks(run.project.slice);
  const { slice } = run.project;
  for (const service of operation.services)
    await relink(run, scope, service, {
      links: wanted.get(service) ?? [],
      keepsHost: !isFoundByHost(slice, service),
    });
}

/** The same with only the user's files: callers reach the stable by its name again. */
export async function unlinkCallers(
  run: Run,
  operation: OperationOf<'unlink-callers'>,
): Promise<void> {
  for (const service of operation.services)
    await relink(run, run.project.scope, service, { links: [], keepsHost: true });
}

/** Restarts containers in place; they keep their published ports. */
export async function restartCallers(
  run: Run,
  operation: OperationOf<'restart-callers'>,
): Promise<void> {
  const observed = await observe(run);
  const running = operation.services.flatMap((service) => runningOf(observed, service));
  for (const container of running) {
    await stopContainer(run, container);
    await startContainer(run, container);
  }
}

async function relink(
  run: Run,
  scope: ComposeScope,
  service: string,
  { links, keepsHost }: { links: readonly string[]; keepsHost: boolean },
): Promise<void> {
  const { compose } = run.context;
  const observed = await observe(run);
  const all = containersOf(observed, 'stable', service);
  const running = runningOf(observed, service);
  const wantsHost = keepsHost && !!run.project.model.services[service]?.environment?.VIRTUAL_HOST;
  const isLinked = ({ proxyLinks, hasHost = false }: ObservedContainer) =>
    hasHost === wantsHost &&
    proxyLinks.length === links.length &&
    links.every((link) => proxyLinks.includes(link));
  const stray = running.filter((each) => !isLinked(each));
  if (stray.length > 0) await requireSameImages(run, withMembers(run, [service]));
  if (!canHaveSecond(run, running, service)) {
    const scale = running.length > 1 ? { [service]: running.length } : {};
    await recreating(run, [service], () =>
      compose.up(scope, [service], { ...callOptions(run), scale }),
    );
    if (stray.length > 0) await recreateNamespaceMembers(run, scope, [service]);
    return;
  }
  // A command that was cut off may have started some already.
  const lacking = stray.length - (running.length - stray.length);
  try {
    if (lacking > 0)
      await compose.grow(scope, { [service]: all.length + lacking }, callOptions(run));
    await awaitSecondContainers(run, service, new Set(stray.map((each) => each.id)));
    const isSplit = run.project.slice.some((each) => each.service === service && each.port);
    if (isSplit && observed.proxy.state === 'running')
      await awaitReady(run, { kind: 'await-ready', side: 'stable', services: [service] });
  } catch (error) {
    await removeSeconds(run, service, all);
    throw error;
  }
  for (const container of stray) await removeContainer(run, container);
}

/** Containers that did not become ready are not left beside those that serve. */
async function removeSeconds(
  run: Run,
  service: string,
  before: readonly ObservedContainer[],
): Promise<void> {
  const seconds = containersOf(await observe(run), 'stable', service).filter(
    (each) => !before.some(({ id }) => id === each.id),
  );
  for (const second of seconds) await removeContainer(run, second);
}
