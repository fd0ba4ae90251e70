import { isIPv4 } from 'node:net';
import { handOverNetwork, LABEL, PROXY_SERVICE } from '../../compose/model/names.ts';
import type { Context } from '../../context.ts';
import { hasCode } from '../../errors.ts';
import { callOptions, type Run, unstoppable } from '../../project/run.ts';
import { isSoWithin } from '../../project/until.ts';
import { pauseCommands } from '../../proxy/pause.ts';
import { firstServers, statesAtFirst, trustFirst } from '../../proxy/server-states.ts';
import { containersOf, isCutOff, type ObservedContainer } from '../../rollout/observed.ts';
import { rm } from '../../system/disk.ts';
import type { Attachments } from '../../system/docker/api.ts';
import { type ComposeScope, isAtLeast } from '../../system/docker/compose.ts';
import { portConnections } from '../../system/docker/port-connections.ts';
import { writeDurably } from '../../system/files.ts';
import { acceptsConnections } from '../../system/ports.ts';
import { observe } from '../observe.ts';
import { everyStep } from './every-step.ts';
import { awaitProxy, stopProxy } from './proxy.ts';

/** Users are served meanwhile; a balancer that keeps connections open would make it wait for ever. */
const MOST_WAIT_FOR_QUIET_MS = 5000;
const LOOK_EVERY_MS = 5;

/**
 * Since this version the engine publishes the ports of a container that joins a network, and a moment later forgets the
 * connections to it (https://github.com/moby/moby/pull/44752): those that users opened in between are cut.
 */
const FORGETS_CONNECTIONS = '23.0.0';

/** Who hands ports over to whom, with the networks on which they were. */
export interface HandOver {
  proxy: Attachments;
  holders: readonly Attachments[];
  /** Whether the proxy must not accept connections before the engine has published its ports. */
  waitsForEngine: boolean;
}

/**
 * Starts the proxy while others hold its ports: on an internal network, where the engine publishes nothing. It is ready
 * to serve once `handOver` connects it to its own networks.
 */
export async function startUnpublished(
  run: Run,
  proxy: ObservedContainer,
  holders: readonly ObservedContainer[],
): Promise<HandOver> {
  const { context, project } = run;
  const { engine } = context;
  const name = handOverNetwork(project.name);
  const { networks, ...known } = await engine.attachments(proxy.id);
  // One that ended in an earlier hand-over is still on its network.
  const own = { ...known, networks: networks.filter((each) => each.name !== name) };
  const holding = await Promise.all(holders.map(({ id }) => engine.attachments(id)));
  await engine.createInternalNetwork(name, { [LABEL.role]: 'proxy' });
  for (const network of networks) await engine.disconnectNetwork(proxy.id, network);
  await engine.connectNetwork(proxy.id, { name, endpoint: {} });
  const servers = firstServers(project.proxy.configuration);
  const states = statesAtFirst(servers, await addresses(run, holders));
  await writeDurably(project.layout.serverStates, states);
  try {
    await engine.startContainer(proxy.id);
    await awaitProxy(run);
  } finally {
    await rm(project.layout.serverStates, { force: true });
  }
  const waitsForEngine = isAtLeast(await engine.version(), FORGETS_CONNECTIONS);
  return { proxy: own, holders: holding, waitsForEngine };
}

/**
 * Takes the ports from those that hold them and gives them to the proxy, while both run: they are closed for two calls
 * of the engine. That begins in a moment without open connections; if there is none, the holders are stopped first.
 */
export async function handOver(
  run: Run,
  scope: ComposeScope,
  { proxy, holders, waitsForEngine }: HandOver,
): Promise<void> {
  const { project, context } = run;
  const { engine } = context;
  const isQuiet = await isSoWithin(
    run,
    MOST_WAIT_FOR_QUIET_MS,
    () => hasNoUsers(holders),
    LOOK_EVERY_MS,
  );
  let isReleased = false;
  // Without its network an app cannot answer what is open; if it is told to end, most answer that first.
  const leave = isQuiet ? release : stop;
  const released = Promise.all(holders.map((holder) => leave(engine, holder))).finally(() => {
    isReleased = true;
  });
  released.catch(() => undefined);
  // The engine frees a port long before it answers.
  if (isQuiet) await untilClosed(unstoppable(run), () => isReleased);
  else await released;
  if (waitsForEngine) await project.socket.ask(pauseCommands(project.proxy.configuration).close);
  // Its checks have failed until now; the next one is after the hand-over.
  await project.socket.ask(trustFirst(firstServers(project.proxy.configuration)));
  try {
    // First the network that publishes: with each one before it, the engine would publish again.
    for (const network of proxy.networks) await engine.connectNetwork(proxy.id, network);
  } catch (error) {
    await released;
    if (!hasCode(error, 'port-taken')) throw error;
    // It was too early, and Engine 20.10 cannot connect a container whose first attempt failed.
    await engine.destroyContainer(proxy.id);
    await context.compose.up(scope, [PROXY_SERVICE], callOptions(run));
    await awaitProxy(run);
  }
  if (waitsForEngine) await acceptUsers(run);
  await released;
}

/** Opens the ports of a proxy that may be paused. */
export async function acceptUsers({ project }: Run): Promise<void> {
  await project.socket.ask(pauseCommands(project.proxy.configuration).open);
}

async function hasNoUsers(holders: readonly Attachments[]): Promise<boolean> {
  const open = await Promise.all(holders.map(portConnections));
  return open.every((count) => count === 0);
}

async function stop(engine: Context['engine'], { id }: Attachments): Promise<void> {
  await engine.stopContainer(id);
}

async function release(engine: Context['engine'], { id, networks }: Attachments): Promise<void> {
  // Last the network that publishes: after it, the engine would publish through the next one.
  for (const network of networks.toReversed()) await engine.disconnectNetwork(id, network);
}

async function untilClosed(run: Run, isReleased: () => boolean): Promise<void> {
  const places = run.project.slice.flatMap(({ entry }) => entry ?? []);
  const isClosed = async () => {
    if (isReleased()) return true;
    const open = places.map(({ hostIp, port }) => acceptsConnections(hostIp ?? '127.0.0.1', port));
    return !(await Promise.all(open)).some(Boolean);
  };
  await isSoWithin(run, MOST_WAIT_FOR_QUIET_MS, isClosed, LOOK_EVERY_MS);
}

/** Users are answered through the proxy: those that held the ports end, with their own signal and grace period. */
export async function endHandOver(run: Run, holders: readonly ObservedContainer[]): Promise<void> {
  const { engine } = run.context;
  const name = handOverNetwork(run.project.name);
  for (const { id } of containersOf(await observe(run), 'proxy')) {
    const { networks } = await engine.attachments(id);
    const isLeft = networks.some((each) => each.name === name);
    if (isLeft) await engine.disconnectNetwork(id, { name });
  }
  await engine.removeNetwork(name);
  await Promise.all(holders.map(({ id }) => engine.removeContainer(id)));
}

/** A hand-over that was killed may have left a proxy that publishes nothing, and knows its networks no more. */
export async function removeUnpublished(run: Run): Promise<void> {
  if (isCutOff(await observe(run))) await stopProxy(run);
}

/** Connects again those that lost their networks to a hand-over; the proxy must be gone. */
export async function takeBack({ context }: Run, { holders }: HandOver): Promise<void> {
  const { engine } = context;
  for (const { id, networks } of holders) {
    const present = (await engine.attachments(id)).networks.map(({ name }) => name);
    const missing = networks.filter(({ name }) => !present.includes(name));
    await everyStep(missing.map((network) => () => engine.connectNetwork(id, network)));
  }
}

/** Removes a container whose networks nobody knows any more, since a hand-over took them: Compose makes another one. */
export async function removeCutOff({ engine }: Run['context'], id: string): Promise<void> {
  const { networks } = await engine.attachments(id);
  if (networks.length === 0) await engine.destroyContainer(id);
}

/** Where the proxy finds each service after the hand-over. */
async function addresses(
  run: Run,
  holders: readonly ObservedContainer[],
): Promise<(service: string) => string | undefined> {
  const leaving = holders.map(({ id }) => id);
  const staying = containersOf(await observe(run), 'stable').filter(
    ({ id, state }) => state === 'running' && !leaving.includes(id),
  );
  return (service) => {
    const found = staying.find((each) => each.service === service)?.addresses ?? [];
    return found.find(isIPv4) ?? found[0];
  };
}
