import { PROXY_SERVICE } from '../../../compose/names.ts';
import { containersOf, type ObservedContainer } from '../../../rollout/observed.ts';
import type { StepAction } from '../../../rollout/step.ts';
import { acceptsConnections } from '../../../system/ports.ts';
import { callOptions, look, overriddenScope, type Run } from '../run.ts';
import { awaitProxy, stopProxy } from './proxy.ts';
import { placeConfiguration } from './proxy-file.ts';
import { until } from './until.ts';

/**
 * Hands published ports from services to the proxy. A twin of each service without the port is started
 * and ready before the one that holds it stops, so that the port is free only for the moment between
 * that stop and the proxy's start. A service that can have no twin restarts instead.
 */
export async function takePorts(
  run: Run,
  step: StepAction & { kind: 'take-ports' },
): Promise<void> {
  const { compose, engine } = run.context;
  const scope = await overriddenScope(run);
  await placeConfiguration(run, scope);
  await compose.create(scope, [PROXY_SERVICE], callOptions(run));
  const before = await look(run);
  const ports = run.project.slice.map((member) => member.entry?.port);
  const holders = step.services
    .flatMap((service) => containersOf(before, 'stable', service))
    .filter((each) => each.publishedPorts.some((port) => ports.includes(port)));
  const known = new Set(holders.map((each) => each.id));
  const twinned = step.services.filter((service) => canHaveTwin(run, service, holders));
  const single = step.services.filter((service) => !twinned.includes(service));
  try {
    for (const service of twinned) {
      const containers = containersOf(before, 'stable', service);
      // A hand-over that was killed may have left one.
      const hasTwin = containers.some((each) => each.state === 'running' && !known.has(each.id));
      if (!hasTwin)
        await compose.grow(scope, { [service]: containers.length + 1 }, callOptions(run));
      await awaitTwin(run, service, known);
    }
    if (single.length > 0) await compose.up(scope, single, callOptions(run));
    const replaced = holders.filter((each) => twinned.includes(each.service));
    // The port is free from here …
    for (const holder of replaced) await engine.stopContainer(holder.id);
    await compose.startCreated(scope, [PROXY_SERVICE], callOptions(run));
    // … to here; everything that takes time was done before or comes after.
    await awaitProxy(run);
    for (const holder of replaced) await engine.removeContainer(holder.id);
  } catch (error) {
    await undoTakePorts(run, step.services, known);
    throw error;
  }
}

/** Users must not be left without anyone at their port: the proxy goes, and who held the port holds it again. */
async function undoTakePorts(
  run: Run,
  services: readonly string[],
  holders: ReadonlySet<string>,
): Promise<void> {
  const { compose, engine } = run.context;
  await stopProxy(run);
  const observed = await look(run);
  for (const service of services) {
    const containers = containersOf(observed, 'stable', service);
    const remaining = containers.filter((each) => holders.has(each.id));
    if (remaining.length === 0) continue;
    for (const holder of remaining) await engine.startContainer(holder.id);
    const twins = containers.filter((each) => !holders.has(each.id));
    for (const twin of twins) await engine.removeContainer(twin.id);
  }
  await compose.up(run.project.scope, services);
}

/** A second container needs a name and ports of its own, and data in a volume without a name would stay behind. */
function canHaveTwin(run: Run, service: string, holders: readonly ObservedContainer[]): boolean {
  const definition = run.project.model.services[service];
  const entry = run.project.slice.find((member) => member.service === service)?.entry;
  const isFixed =
    definition?.container_name !== undefined ||
    definition?.ports?.some((port) => port.published && port.published !== String(entry?.port));
  return !isFixed && !holders.some((each) => each.service === service && each.hasAnonymousVolume);
}

export async function returnPorts(
  run: Run,
  step: StepAction & { kind: 'return-ports' },
): Promise<void> {
  await run.context.compose.up(run.project.scope, step.services, callOptions(run));
}

/** Before the proxy runs nobody but canary can ask whether a container answers. */
async function awaitTwin(run: Run, service: string, known: ReadonlySet<string>): Promise<void> {
  const port = run.project.slice.find((member) => member.service === service)?.port;
  await until(run, `A second ${service} did not become ready in time.`, async () => {
    const twin = containersOf(await look(run), 'stable', service).find(
      (each) => !known.has(each.id),
    );
    if (twin?.state !== 'running' || twin.health === 'starting') return false;
    return port === undefined || (await answers(twin, port));
  });
}

async function answers(container: ObservedContainer, port: number): Promise<boolean> {
  const address = container.addresses[0];
  return address !== undefined && (await acceptsConnections(address, port));
}
