import { callerLinks, isFoundByHost } from '../compose/ingress/ingress.ts';
import { containersOf, type Observed, type ObservedContainer, runningOf } from './observed.ts';
import type { Draft, Situation } from './plan-draft.ts';

/**
 * Services whose running containers are not linked to the proxy as they should be. `leaving`:
 * linked to ingresses that no longer exist, and lacking no link. `coming`: lacking a link.
 * `started`: services that the plan starts without links.
 */
export function strayCallers(
  observed: Observed,
  { services, slice, withHost = [] }: Situation,
  started: readonly string[],
): { leaving: string[]; coming: string[] } {
  const wanted = callerLinks(slice);
  const leaving: string[] = [];
  const coming: string[] = [];
  for (const service of services) {
    const links = wanted.get(service) ?? [];
    const running = runningOf(observed, service);
    const givesHost = isFoundByHost(slice, service);
    const lacks = running.some(
      (each) =>
        links.some((link) => !each.proxyLinks.includes(link)) || (givesHost && each.hasHost),
    );
    const exceeds = running.some(
      (each) =>
        each.proxyLinks.some((link) => !links.includes(link)) ||
        (!givesHost && !each.hasHost && withHost.includes(service)),
    );
    if (lacks || ((links.length > 0 || givesHost) && started.includes(service)))
      coming.push(service);
    else if (exceeds) leaving.push(service);
  }
  return { leaving, coming };
}

/** Recreates callers, and waits until they are ready. */
export function linkCallers(draft: Draft, services: readonly string[], cause: string): void {
  draft.add({ kind: 'link-callers', services }, cause);
  draft.awaitReady('stable', services, 'they were recreated');
}

/**
 * A proxy that started after a caller may have a different address from the one the caller knows.
 */
export function restartCallers(
  draft: Draft,
  observed: Observed,
  { slice, keepsAddresses }: Situation,
  { isMadeAnew, except }: { isMadeAnew: boolean; except: readonly string[] },
): void {
  const [proxy] = containersOf(observed, 'proxy');
  const isEarlier = (each: ObservedContainer) =>
    isMadeAnew || (proxy !== undefined && started(each) < started(proxy));
  const services = [...callerLinks(slice).keys()].filter(
    (service) =>
      !except.includes(service) &&
      keepsAddresses(service) &&
      runningOf(observed, service).some(isEarlier),
  );
  const cause = 'they keep the address it had when they started';
  draft.add({ kind: 'restart-callers', services }, cause);
  draft.awaitReady('stable', services, 'they were restarted');
}

/**
 * Before the proxy is removed, no service may be linked to it; `others` are recreated later anyway.
 */
export function unlinkCallers(
  draft: Draft,
  observed: Observed,
  { services: known, withHost = [] }: Situation,
  others: readonly string[],
): void {
  // A service that the compose files no longer define cannot be recreated.
  const linked = containersOf(observed, 'stable').filter(
    (each) =>
      (each.proxyLinks.length > 0 || (withHost.includes(each.service) && !each.hasHost)) &&
      known.includes(each.service) &&
      !others.includes(each.service),
  );
  const services = [...new Set(linked.map((each) => each.service))];
  draft.add({ kind: 'unlink-callers', services }, 'the proxy goes');
}

function started(container: ObservedContainer): number {
  return Date.parse(container.startedAt);
}
