import { PROXY_SERVICE } from '../../compose/model/names.ts';
import { CanaryError } from '../../errors.ts';
import { askEntries } from '../../probes/entry-answers.ts';
import { callOptions, type Run, unstoppable } from '../../project/run.ts';
import { containersOf } from '../../rollout/observed.ts';
import type { OperationOf } from '../../rollout/operation.ts';
import { observe } from '../observe.ts';
import { cloneSource, overrideText, unlinkedScope, writeOverride } from '../override-file.ts';
import { requireAnswers, stillUnanswered } from './answers.ts';
import { recreating, removeContainer, runHooks, startContainer } from './container-hooks.ts';
import { everyStep, tellLeft } from './every-step.ts';
import {
  acceptUsers,
  endHandOver,
  type HandOver,
  handOver,
  removeCutOff,
  removeUnpublished,
  startUnpublished,
  takeBack,
} from './hand-over.ts';
import { recreateNamespaceMembers, withMembers } from './namespace-members.ts';
import { stopProxy } from './proxy.ts';
import { placeConfiguration } from './proxy-file.ts';
import { letRouters } from './routers.ts';
import { requireSameImages } from './same-images.ts';
import { awaitSecondContainers, canHaveSecond } from './second-container.ts';

/**
 * Hands published ports from services to the proxy. For each service a second container without the port is started
 * and ready, and so is the proxy, before the one that holds the port gives it up: it is closed for two calls of the
 * engine. A service that cannot have a second container restarts instead.
 */
export async function takePorts(run: Run, operation: OperationOf<'take-ports'>): Promise<void> {
  const { compose } = run.context;
  await requireSameImages(run, withMembers(run, operation.services));
  const scope = await unlinkedScope(run);
  await placeConfiguration(run, scope);
  await letRouters(run);
  const answers = await askEntries(run);
  await removeUnpublished(run);
  await compose.create(scope, [PROXY_SERVICE], callOptions(run));
  const before = await observe(run);
  const holders = operation.services
    .flatMap((service) => containersOf(before, 'stable', service))
    .filter((each) => !each.isHidden);
  const known = new Set(holders.map((each) => each.id));
  const doubled = operation.services.filter((service) => canHaveSecond(run, holders, service));
  const single = operation.services.filter((service) => !doubled.includes(service));
  let handing: HandOver | undefined;
  try {
    for (const service of doubled) {
      const containers = containersOf(before, 'stable', service);
      // A hand-over that was killed may have left one, started or not.
      const hasSecond = containers.some((each) => each.state === 'running' && !known.has(each.id));
      const first = containers.filter((each) => known.has(each.id));
      if (!hasSecond) await compose.grow(scope, { [service]: first.length + 1 }, callOptions(run));
      await awaitSecondContainers(run, service, known);
    }
    const replaced = holders.filter((each) => doubled.includes(each.service));
    const [proxy] = containersOf(before, 'proxy');
    if (!proxy) throw new CanaryError('proxy-unreachable', 'The proxy was removed.');
    // A hand-over that was killed may have ended here.
    const isInFront = proxy.state === 'running';
    if (isInFront) await acceptUsers(run);
    else handing = await startUnpublished(run, proxy, replaced);
    if (single.length > 0) {
      await recreating(run, single, () => compose.up(scope, single, callOptions(run)));
      await recreateNamespaceMembers(run, scope, single);
    }
    if (handing) {
      // Before they leave their networks, which a hook may need.
      await Promise.all(replaced.map((holder) => runHooks(run, holder, 'pre_stop')));
      await handOver(run, scope, handing);
    }
    await requireAnswers(run, answers);
    await endHandOver(run, replaced);
    // For plain Compose commands: from here on the links work.
    await writeOverride(run.project, overrideText(run.project, cloneSource(run)));
  } catch (error) {
    await undoTakePorts(run, operation.services, known, handing).catch((problem) =>
      tellLeft(run, problem),
    );
    await stillUnanswered(unstoppable(run), answers, run.project.config.startTimeout);
    throw error;
  }
}

/**
 * The users' port must not stay unserved: the proxy is removed, and the container that held the port gets it back. What
 * fails on the way keeps the rest from nothing.
 */
async function undoTakePorts(
  run: Run,
  services: readonly string[],
  holders: ReadonlySet<string>,
  handing: HandOver | undefined,
): Promise<void> {
  const { context, project } = run;
  await withdrawProxy(run);
  const stable = containersOf(await observe(run), 'stable');
  const containers = stable.filter(({ service }) => services.includes(service));
  const remaining = containers.filter(({ id }) => holders.has(id));
  const seconds = containers.filter(
    ({ id, service }) => !holders.has(id) && remaining.some((each) => each.service === service),
  );
  // One that runs has been told to stop, if it handed its port over.
  const asleep = remaining.filter(({ state }) => handing || state !== 'running');
  await everyStep([
    ...(handing ? [() => takeBack(run, handing)] : []),
    ...remaining.map(
      ({ id }) =>
        () =>
          removeCutOff(context, id),
    ),
    ...asleep.map((holder) => () => startContainer(run, holder)),
    ...seconds.map((second) => () => removeContainer(run, second)),
    () => context.compose.up(project.scope, services),
  ]);
}

/** While the proxy is there, nobody else can have its ports; if it stays, users must be answered through it. */
async function withdrawProxy(run: Run): Promise<void> {
  try {
    await stopProxy(run).catch(() => stopProxy(run));
  } catch (error) {
    await acceptUsers(run).catch(() => undefined);
    throw error;
  }
}
