import type { Project } from '../project/load.ts';
import type { Observed } from '../rollout/observed.ts';

/**
 * The entries whose users get errors because the proxy does not reach their stable. Nobody asks a stable that is replaced
 * while the canary has every user, or anybody through a proxy without a port. Nor does the proxy lead users to a service
 * that only others of the stack call.
 */
export function silentEntries(
  { slice }: Pick<Project, 'slice'>,
  { proxy }: Pick<Observed, 'proxy'>,
): readonly string[] {
  if (proxy.weight === 100 || proxy.state === 'stopped') return [];
  const served = slice.flatMap(({ service, entry, ingress }) =>
    entry || ingress ? [service] : [],
  );
  return proxy.silent.filter((service) => served.includes(service));
}
