import {
  type ServerStatistics,
  type SideStatistics,
  serversOfStable,
  total,
} from './statistics.ts';

/** Requests and failures that users saw, per side, summed over the entries. */
export interface Counts {
  stable: number;
  canary: number;
  stableFailures: number;
  canaryFailures: number;
  /** Failures of the canary that no user saw, because the stable answered. */
  shielded: number;
  /** Hashed assets that the user's side lacked and the other was asked for; of no side's counts. */
  assets: number;
}

export const NO_COUNTS: Counts = {
  stable: 0,
  canary: 0,
  stableFailures: 0,
  canaryFailures: 0,
  shielded: 0,
  assets: 0,
};

/** The counts of the given services together. */
export function totalCounts(
  services: Readonly<Record<string, SideStatistics>>,
  names: readonly string[],
): Counts {
  return names.reduce((sum, name) => {
    const found = services[name];
    if (!found?.users) return sum;
    const stable = [...serversOfStable(found), ...found.baseline];
    const { whole, standIn, instead, met } = found.users;
    return plusCounts(sum, {
      stable: total(stable, 'requests'),
      canary: standIn.requests + whole.requests,
      stableFailures: total(stable, 'failures'),
      // If both sides failed, the user saw one failure, of a request that was the canary's.
      canaryFailures: standIn.failures + met,
      shielded: total(instead, 'requests') - total(instead, 'failures'),
      assets: found.assets.ofOther,
    });
  }, NO_COUNTS);
}

/**
 * What was counted since an earlier look; everything if HAProxy was restarted and counts from 0
 * again.
 */
export function countsSince(now: Counts, earlier: Counts): Counts {
  const keys = Object.keys(now) as (keyof Counts)[];
  const restarted = keys.some((key) => now[key] < earlier[key]);
  return restarted ? now : lessCounts(now, earlier);
}

/** The difference of two counts, which may be below 0. Older journals lack newer counts. */
export function lessCounts(left: Counts, right: Partial<Counts>): Counts {
  return combine(left, { ...NO_COUNTS, ...right }, (one, other) => one - other);
}

function plusCounts(left: Counts, right: Counts): Counts {
  return combine(left, right, (one, other) => one + other);
}

function combine(left: Counts, right: Counts, by: (one: number, other: number) => number): Counts {
  const keys = Object.keys(NO_COUNTS) as (keyof Counts)[];
  return Object.fromEntries(
    keys.map((key) => [key, by(left[key], right[key])]),
  ) as unknown as Counts;
}

/** The canary's share of requests, in percent; `null` if there were none. */
export function measuredWeight(counts: Counts): number | null {
  const all = counts.stable + counts.canary;
  return all === 0 ? null : Math.round((counts.canary / all) * 10_000) / 100;
}

/** Mean time until a response began, in milliseconds; `null` for a side without requests. */
export interface ResponseTimes {
  stable: number | null;
  canary: number | null;
}

/**
 * HAProxy's `rtime`: a mean over the latest 1,024 requests of a server. Several servers are
 * weighted by their requests. The canary's time includes one more hop inside the proxy.
 */
export function responseTimes(
  services: Readonly<Record<string, SideStatistics>>,
  names: readonly string[],
): ResponseTimes {
  const found = names.flatMap((name) => services[name] ?? []);
  return {
    stable: meanOf(found.flatMap((sides) => [...serversOfStable(sides), ...sides.baseline])),
    canary: meanOf(found.flatMap(({ users }) => (users ? [users.whole] : []))),
  };
}

function meanOf(servers: readonly ServerStatistics[]): number | null {
  const requests = servers.reduce((sum, each) => sum + each.requests, 0);
  if (requests === 0) return null;
  const time = servers.reduce((sum, each) => sum + each.requests * each.responseTime, 0);
  return Math.round((time / requests) * 10) / 10;
}
