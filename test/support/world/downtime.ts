import { type Container, roleOf, type SimulatedEngine, serviceOf } from './engine.ts';

/** Until the proxy has looked names up, and checked a server, after a container came back. */
const SETTLES_MS = 1500;

/**
 * Whether users go without an answer for a reason that no program beside the containers can help: a container that
 * they need has ended by itself, or by somebody else's command, and is not back yet. That of the canary is needed only
 * while no container of its stable listens.
 */
export function isDownByOthers(engine: SimulatedEngine, now: number): boolean {
  const down = [...lastEnds(engine, now)].flatMap(([container, at]) =>
    isAway(engine, container, at, now) ? [container] : [],
  );
  const isNeeded = (container: Container) => roleOf(container) !== 'canary' || !hasStable(engine);
  return down.some((each) => isEntry(each) && isNeeded(each));
}

/** Containers that still exist, or were removed since, whose last end was nobody's of canary. */
function lastEnds(engine: SimulatedEngine, now: number): Map<Container, number> {
  const found = new Map<Container, number>();
  for (const { at, container, what, by } of engine.touches) {
    if (what === 'started' || at > now) continue;
    if (by === undefined) found.set(container, at);
    // Canary has to do with it from here on.
    else if (!(what === 'ended' && container.state === 'restarting')) found.delete(container);
  }
  return found;
}

function isAway(
  engine: SimulatedEngine,
  container: Container,
  endedAt: number,
  now: number,
): boolean {
  if (!engine.containers.has(container.id)) {
    const next = successor(engine, container);
    return !next || isComing(engine, next, now) || now < endedAt + SETTLES_MS;
  }
  return isComing(engine, container, now);
}

function isComing(engine: SimulatedEngine, container: Container, now: number): boolean {
  if (container.state !== 'running') return true;
  const listensAt = container.startedAt + engine.programOf(container).bootsIn;
  return now < listensAt + SETTLES_MS;
}

/** What serves in place of a container that was removed, or will; none before anybody has made one. */
function successor(engine: SimulatedEngine, gone: Container): Container | undefined {
  const others = [...engine.containers.values()].filter(
    (each) => roleOf(each) === roleOf(gone) && serviceOf(each) === serviceOf(gone),
  );
  return others.find(({ state }) => state === 'running') ?? others[0];
}

function hasStable(engine: SimulatedEngine): boolean {
  return [...engine.containers.values()].some(
    (each) => roleOf(each) === 'stable' && isEntry(each) && engine.listens(each),
  );
}

/** Whether users meet it: the service with the port, or the proxy. */
function isEntry(container: Container): boolean {
  return serviceOf(container) === 'web' || roleOf(container) === 'proxy';
}
