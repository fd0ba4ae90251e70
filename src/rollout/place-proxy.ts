import { userChange } from '../proxy/user-map.ts';
import type { Draft, Situation } from './draft.ts';
import { linkCallers, restartCallers, strayCallers, unlinkCallers } from './link-callers.ts';
import { containersOf, isRunning, type Observed } from './observed.ts';

/** The proxy in front of a stable that runs, with the configuration it should have. */
export function placeProxy(draft: Draft, observed: Observed, situation: Situation): void {
  const { services, slice } = situation;
  const chosen = slice.map((member) => member.service);
  // A shared service that has stopped may be a job that came to its end.
  const missing = services.filter((service) =>
    chosen.includes(service)
      ? !isRunning(observed, 'stable', service)
      : containersOf(observed, 'stable', service).length === 0,
  );
  if (missing.length > 0)
    draft.add({ kind: 'start-stable', services: missing, cause: 'not running' });
  // What is started here is started without the entry's port, so only running services can hold one.
  const holders = slice.filter(
    (member) => holdsPort(observed, member) || leftHolder(observed, member),
  );
  if (holders.length > 0) {
    const ports = holders.map((member) => member.entry?.port).join(', ');
    draft.add({
      kind: 'take-ports',
      services: holders.map((member) => member.service),
      cause: `port ${ports} is the stable's own`,
    });
  }
  const { state, definition, configuration } = observed.proxy;
  const isUp = state === 'running';
  // Containers that start while no proxy runs are started without links, which would lead nowhere.
  const started = [...(isUp ? [] : missing), ...holders.map((member) => member.service)];
  const callers = strayCallers(observed, situation, started);
  if (isUp) linkCallers(draft, callers.leaving, 'they have no ingress any more');
  const isAsDefined =
    state === 'running' && definition === situation.proxy.definition && !observed.proxy.isLeft;
  if (holders.length === 0 && !isAsDefined) {
    const change = !definition
      ? 'an older canary made it'
      : observed.proxy.isLeft
        ? 'routers were told to leave it'
        : 'its ports, networks or image changed';
    draft.add({
      kind: 'start-proxy',
      cause: state === 'running' ? change : `the proxy is ${state}`,
    });
  }
  if (isAsDefined && configuration !== situation.proxy.configuration)
    draft.add({
      kind: 'reload-proxy',
      cause: `canary.yaml${situation.proxy.endsTls ? ' or a certificate' : ''} changed`,
    });
  const entries = slice
    .filter(({ entry, ingress }) => entry || ingress)
    .map(({ service }) => service);
  if (draft.operations.length > 0) {
    draft.add({
      kind: 'await-ready',
      side: 'stable',
      services: entries,
      cause: 'the proxy must reach it',
    });
  }
  const isMadeAnew = draft.operations.some(
    ({ kind }) => kind === 'start-proxy' || kind === 'take-ports',
  );
  linkCallers(
    draft,
    isUp ? callers.coming : [...callers.leaving, ...callers.coming],
    'they call services that the proxy splits',
  );
  restartCallers(draft, observed, situation, {
    isMadeAnew,
    except: [...callers.coming, ...callers.leaving],
  });
  // After the configuration: where HAProxy refuses that, the lists stay too.
  const change = userChange(observed.proxy.users, situation.proxy.users);
  if (change) draft.add({ kind: 'set-users', ...change, cause: 'canary.yaml changed' });
}

/** No proxy, and its ports with the services again. */
export function removeProxy(draft: Draft, observed: Observed, situation: Situation): void {
  const { slice } = situation;
  const bare = slice.filter(
    (member) =>
      member.entry &&
      containersOf(observed, 'stable', member.service).length > 0 &&
      !holdsPort(observed, member),
  );
  unlinkCallers(
    draft,
    observed,
    situation,
    bare.map(({ service }) => service),
  );
  if (observed.proxy.state !== 'absent')
    draft.add({ kind: 'stop-proxy', cause: 'the ports go back' });
  if (bare.length > 0) {
    draft.add({
      kind: 'return-ports',
      services: bare.map((member) => member.service),
      cause: 'the service publishes it again',
    });
  }
}

function holdsPort(observed: Observed, { service, entry }: Situation['slice'][number]): boolean {
  if (!entry) return false;
  return containersOf(observed, 'stable', service).some(
    (each) => each.state === 'running' && each.publishedPorts.includes(entry.port),
  );
}

/** What a hand-over that was cut off leaves: the stopped container beside the one that took its place. */
function leftHolder(observed: Observed, { service, entry }: Situation['slice'][number]): boolean {
  const containers = containersOf(observed, 'stable', service);
  return (
    containers.some((each) => each.state === 'running') &&
    containers.some(
      (each) =>
        each.state !== 'running' && entry !== undefined && each.publishedPorts.includes(entry.port),
    )
  );
}
