import type { ServerStatistics, SideStatistics } from './statistics.ts';

/** Mean time until an answer began, in milliseconds; `null` for a side without requests. */
export interface ResponseTimes {
  stable: number | null;
  canary: number | null;
}

/**
 * HAProxy's `rtime`: a mean over the latest 1,024 requests of a server. Those of several servers count by their
 * requests. The canary's includes its one hop more inside the proxy.
 */
export function responseTimes(
  services: Readonly<Record<string, SideStatistics>>,
  names: readonly string[],
): ResponseTimes {
  const found = names.flatMap((name) => services[name] ?? []);
  return {
    stable: meanOf(found.flatMap(({ stable, baseline }) => [...stable, ...baseline])),
    canary: meanOf(found.flatMap(({ users }) => (users ? [users.whole] : []))),
  };
}

function meanOf(servers: readonly ServerStatistics[]): number | null {
  const requests = servers.reduce((sum, each) => sum + each.requests, 0);
  if (requests === 0) return null;
  const time = servers.reduce((sum, each) => sum + each.requests * each.responseTime, 0);
  return Math.round((time / requests) * 10) / 10;
}
