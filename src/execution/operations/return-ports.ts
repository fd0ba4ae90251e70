import { CanaryError } from '../../errors.ts';
import { askEntries } from '../../probes/entry-answers.ts';
import { callOptions, type Run, unstoppable } from '../../project/run.ts';
import { containersOf, type ObservedContainer } from '../../rollout/observed.ts';
import type { OperationOf } from '../../rollout/operation.ts';
import { observe } from '../observe.ts';
import { answeredWithoutProxy, stillUnanswered } from './answers.ts';
import { recreating, removeContainer, startContainer } from './container-hooks.ts';
import { everyStep, tellLeft } from './every-step.ts';
import { recreateNamespaceMembers, withMembers } from './namespace-members.ts';
import { startProxy, stopProxy } from './proxy.ts';
import { requireSameImages } from './same-images.ts';
import { canHaveSecond } from './second-container.ts';

/**
 * Gives the ports back to services, as plain Compose starts them, and removes the proxy. Containers with the ports are
 * created beside those that serve, so that a port is closed only from the proxy's end until the service has booted;
 * those that served stop afterwards, however long that takes. If users are not answered then, the proxy comes back.
 */
export async function returnPorts(run: Run, operation: OperationOf<'return-ports'>): Promise<void> {
  const { compose } = run.context;
  const { scope, config } = run.project;
  await requireSameImages(run, withMembers(run, operation.services));
  const before = await observe(run);
  const stable = containersOf(before, 'stable');
  // A return that was killed may have ended here.
  const isBack = (service: string) =>
    stable.some((each) => each.service === service && each.state === 'running' && !each.isHidden);
  const bare = operation.services.filter((service) => !isBack(service));
  const doubled = bare.filter((service) => canHaveSecond(run, stable, service));
  const single = bare.filter((service) => !doubled.includes(service));
  const served = stable.filter(
    ({ service, isHidden }) =>
      doubled.includes(service) || (isHidden && operation.services.includes(service)),
  );
  const answers = await answeredWithoutProxy(run, stable, await askEntries(run));
  const created = await createBeside(run, doubled, served);
  try {
    await stopProxy(run);
    await Promise.all(created.map((container) => startContainer(run, container)));
    if (single.length > 0) {
      await recreating(run, single, () => compose.up(scope, single, callOptions(run)));
      await recreateNamespaceMembers(run, scope, single);
    }
    const missing = await stillUnanswered(run, answers, config.startTimeout);
    if (missing.length > 0) throw notAnswering(missing);
  } catch (error) {
    await comeBack(run, { created, served, doubled, isFree: single.length === 0 }).catch(
      (problem) => tellLeft(run, problem),
    );
    throw error;
  }
  await Promise.all(served.map((container) => removeContainer(run, container)));
}

interface Return {
  created: readonly ObservedContainer[];
  served: readonly ObservedContainer[];
  doubled: readonly string[];
  /** Services that were recreated have their port: the proxy could not get it. */
  isFree: boolean;
}

/** The proxy is in front again. If it cannot start, for instance on a full disk, the services have their ports after all. */
async function comeBack(run: Run, { created, served, doubled, isFree }: Return): Promise<void> {
  const { engine } = run.context;
  const destroyed = await everyStep(
    created.map(
      ({ id }) =>
        () =>
          engine.destroyContainer(id),
    ),
  ).then(
    () => undefined,
    (problem: unknown) => problem,
  );
  try {
    if (isFree) await startProxy(unstoppable(run));
  } catch (error) {
    const again = await createBeside(unstoppable(run), doubled, served);
    const { containers } = await observe(run);
    const left = created.filter(({ id }) => containers.some((each) => each.id === id));
    await everyStep([...again, ...left].map((container) => () => startContainer(run, container)));
    throw error;
  }
  if (destroyed !== undefined) throw destroyed;
}

/** As many containers as serve now, by the user's own definition; not started. */
async function createBeside(
  run: Run,
  services: readonly string[],
  served: readonly ObservedContainer[],
): Promise<ObservedContainer[]> {
  if (services.length === 0) return [];
  const known = new Set((await observe(run)).containers.map(({ id }) => id));
  const twice = services.map((service) => {
    const count = served.filter((each) => each.service === service).length;
    return [service, 2 * count] as const;
  });
  const scale = Object.fromEntries(twice);
  await run.context.compose.createMore(run.project.scope, scale, callOptions(run));
  return (await observe(run)).containers.filter(({ id }) => !known.has(id));
}

function notAnswering(places: readonly string[]): CanaryError {
  return new CanaryError(
    'take-over-failed',
    `Without the proxy nobody was answered at ${places.join(' and ')}, so the proxy is in front again.`,
    {
      hint: 'Does the service start by itself with `docker compose up -d`? See `canary compose logs`.',
    },
  );
}
