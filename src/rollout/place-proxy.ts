import { userChange } from '../proxy/user-map.ts';
import { linkCallers, restartCallers, strayCallers, unlinkCallers } from './link-callers.ts';
import { containersOf, isRunning, type Observed } from './observed.ts';
import type { Draft, Situation } from './plan-draft.ts';
import { removeStandIns } from './stand-ins.ts';

/** Plans the proxy in front of a running stable, with the configuration it should have. */
export function placeProxy(draft: Draft, observed: Observed, situation: Situation): void {
  const { services, slice } = situation;
  const chosen = slice.map((member) => member.service);
  // A stopped shared service may be a job that has ended.
  const missing = services.filter((service) =>
    chosen.includes(service)
      ? !isRunning(observed, 'stable', service)
      : containersOf(observed, 'stable', service).length === 0,
  );
  draft.add({ kind: 'start-stable', services: missing }, 'not running');
  // Services started here are started without the entry's port, so only running services can hold
  // one.
  const holders = slice.filter((member) => heldPort(observed, member));
  const ports = holders.map((member) => member.entry?.port).join(', ');
  const held = holders.map((member) => member.service);
  draft.add({ kind: 'take-ports', services: held }, `port ${ports} is the stable's own`);
  const { state, definition, configuration, isLeft } = observed.proxy;
  const wanted = situation.proxy;
  const isUp = state === 'running';
  // Containers that start while no proxy runs are started without links, because the links would
  // lead nowhere.
  const callers = strayCallers(observed, situation, [...(isUp ? [] : missing), ...held]);
  if (isUp) linkCallers(draft, callers.leaving, 'they have no ingress now');
  const isAsDefined = isUp && definition === wanted.definition && !isLeft;
  if (holders.length === 0 && !isAsDefined)
    draft.add({ kind: 'start-proxy' }, isUp ? changeOf(observed.proxy) : `the proxy is ${state}`);
  if (isAsDefined && configuration !== wanted.configuration) {
    const cause = `canary.yaml${wanted.endsTls ? ' or a certificate' : ''} changed`;
    draft.add({ kind: 'reload-proxy' }, cause);
  }
  const entries = slice.filter(({ entry, ingress }) => entry || ingress);
  const served = entries.map(({ service }) => service);
  const silent = served.filter((service) => observed.proxy.silent.includes(service));
  if (draft.operations.length > 0) {
    const started = missing.filter((service) => chosen.includes(service));
    draft.awaitReady('stable', [...new Set([...served, ...started])], 'the proxy must reach it');
  } else if (silent.length > 0) {
    draft.awaitReady('stable', silent, 'its users get errors: the proxy does not reach it');
  }
  const isMadeAnew = draft.operations.some(
    ({ kind }) => kind === 'start-proxy' || kind === 'take-ports',
  );
  const coming = isUp ? callers.coming : [...callers.leaving, ...callers.coming];
  linkCallers(draft, coming, 'they call services that the proxy splits');
  const except = [...callers.coming, ...callers.leaving];
  restartCallers(draft, observed, situation, { isMadeAnew, except });
  // After the configuration: if HAProxy rejects that, the lists stay unchanged too.
  const change = userChange(observed.proxy.users, wanted.users);
  if (change) draft.add({ kind: 'set-users', ...change }, 'canary.yaml changed');
}

function changeOf({ definition, isLeft }: Observed['proxy']): string {
  if (!definition) return 'an older canary made it';
  return isLeft ? 'routers stopped using it' : 'its ports, networks or image changed';
}

/**
 * Services that gave their port to the proxy and are not among those that should be `hidden` from plain Compose: canary.yaml
 * does not name them any more, or the compose file does not have them. Without the proxy nobody would reach them.
 */
export function forsaken(
  observed: Pick<Observed, 'containers'>,
  hidden: readonly string[],
): string[] {
  const found = containersOf(observed, 'stable').filter(
    ({ isHidden, state, publishedPorts, service }) =>
      isHidden && state === 'running' && publishedPorts.length === 0 && !hidden.includes(service),
  );
  return [...new Set(found.map(({ service }) => service))];
}

/** Plans the removal of the proxy; its ports go back to the services. */
export function removeProxy(draft: Draft, observed: Observed, situation: Situation): void {
  const bare = situation.slice.filter(
    (member) =>
      member.entry &&
      containersOf(observed, 'stable', member.service).length > 0 &&
      (!holdsPort(observed, member) || hasHidden(observed, member)),
  );
  const known = situation.slice.map(({ service }) => service);
  const left = forsaken(observed, [...known, ...Object.keys(situation.standIns)]);
  const services = [...bare.map(({ service }) => service), ...left];
  removeStandIns(draft, observed);
  unlinkCallers(draft, observed, situation, services);
  draft.add({ kind: 'return-ports', services }, 'the proxy goes');
  if (services.length === 0 && observed.proxy.state !== 'absent')
    draft.add({ kind: 'stop-proxy' }, 'nothing needs it any more');
}

function holdsPort(observed: Observed, { service, entry }: Situation['slice'][number]): boolean {
  return containersOf(observed, 'stable', service).some(
    (each) => each.state === 'running' && entry && each.publishedPorts.includes(entry.port),
  );
}

/** A return of the port that was killed leaves the container that served beside the one that has the port. */
function hasHidden(observed: Observed, { service }: Situation['slice'][number]): boolean {
  return containersOf(observed, 'stable', service).some(({ isHidden }) => isHidden);
}

/**
 * Whether plain Compose started the service: with its port. Also so after an interrupted hand-over, which leaves the
 * stopped container beside the one that replaced it.
 */
function heldPort(observed: Observed, { service, entry }: Situation['slice'][number]): boolean {
  return (
    isRunning(observed, 'stable', service) &&
    containersOf(observed, 'stable', service).some((each) => entry && !each.isHidden)
  );
}
