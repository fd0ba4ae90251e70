import { MOST_USERS } from '../witnesses.ts';

/** What is known about the traffic of a shop. */
export interface SeenTraffic {
  /** How long it was looked at, in milliseconds. */
  ms: number;
  /** The number of requests of each user who came. */
  counts: readonly number[];
  /** The share of requests that failed on the stable, from 0 to 1. */
  failing: number;
  /** The share of requests that can be repeated on the stable if they fail, from 0 to 1. */
  repeatable: number;
}

/** So many users, and the requests per millisecond of each. */
export interface Group {
  size: number;
  rate: number;
}

/** All users of a shop, also those who did not come while it was looked at. */
export interface Users {
  /** The busiest first. */
  groups: Group[];
  /** Requests per millisecond of all. */
  rate: number;
  /** The number of equally busy users who would be as mixed as these. */
  mixture: number;
}

/**
 * Estimates who will come from who came. The share of requests by users who were not seen yet is
 * about the share of users who came once (I. J. Good, The population frequencies of species and the
 * estimation of population parameters, Biometrika 40, 1953); how many they are, from those who came
 * once and twice (A. Chao, Nonparametric estimation of the number of classes in a population,
 * Scand. J. Statist. 11, 1984). More users than the judge distinguishes are not distinguished here.
 */
export function usersOf({ counts, ms }: SeenTraffic): Users {
  const sizes = new Map<number, number>();
  for (const count of counts) sizes.set(count, (sizes.get(count) ?? 0) + 1);
  const requests = counts.reduce((sum, count) => sum + count, 0);
  const once = sizes.get(1) ?? 0;
  const estimated = Math.round(unseenOf(once, sizes.get(2) ?? 0));
  const unseen = Math.max(0, Math.min(estimated, MOST_USERS - counts.length));
  const share = unseen > 0 ? once / requests : 0;
  const groups = [...sizes]
    .map(([count, size]) => ({ size, rate: (count * (1 - share)) / ms }))
    .concat({ size: unseen, rate: (requests * share) / (ms * Math.max(1, unseen)) })
    .sort((left, right) => right.rate - left.rate);
  return { groups, ...mixed(groups) };
}

/**
 * Whether at least half of the requests come from users who are known by now (Good, as above). While
 * fewer do, for instance in the first seconds after `up`, how many users there are is a guess.
 */
export function knowsUsers(counts: readonly number[]): boolean {
  const requests = counts.reduce((sum, count) => sum + count, 0);
  const once = counts.filter((count) => count === 1).length;
  return once <= requests / 2;
}

/** Of users together: their rate, and the number of equally busy users who would be as mixed. */
export function mixed(groups: readonly Group[]): { rate: number; mixture: number } {
  const rate = groups.reduce((sum, each) => sum + each.size * each.rate, 0);
  const squares = groups.reduce((sum, each) => sum + each.size * each.rate ** 2, 0);
  return { rate, mixture: squares > 0 ? rate ** 2 / squares : 0 };
}

function unseenOf(once: number, twice: number): number {
  return twice > 0 ? once ** 2 / (2 * twice) : (once * (once - 1)) / 2;
}

/** How many different users are expected to come in a time, in milliseconds. */
export function comingIn({ groups }: Users, ms: number): number {
  return groups.reduce((sum, { size, rate }) => sum - size * Math.expm1(-rate * ms), 0);
}
