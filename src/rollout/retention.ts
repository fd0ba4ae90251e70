import { hasEnded, type Release } from './release.ts';

/** The fields of a release that decide whether it is kept. */
export type Prunable = Pick<Release, 'id' | 'branch' | 'state' | 'wasReady' | 'wasReplaced'> & {
  promotedCommit?: string | null | undefined;
};

/**
 * The releases to forget, out of all, oldest first: ended ones beyond the newest `retention`.
 * Whatever a later command still needs is kept at any age: the running release, the release the
 * stable came from, and for every branch the release to which `revert` goes back.
 */
export function releasesToPrune(releases: readonly Prunable[], retention: number): string[] {
  const newest = releases.at(-1);
  const ended = newest && isCurrent(newest) ? releases.slice(0, -1) : releases;
  const needed = [releases.findLast((each) => each.promotedCommit), ...revertBases(releases)];
  return ended
    .slice(0, -retention)
    .filter((each) => !needed.includes(each))
    .map((each) => each.id);
}

/** A release that is being reverted counts as ended. */
function isCurrent(release: Prunable): boolean {
  return !hasEnded(release) && release.state !== 'reverting';
}

/**
 * For every branch, the last release that was ready and then replaced, unless the branch has been
 * promoted since.
 */
function revertBases(releases: readonly Prunable[]): Prunable[] {
  const bases = new Map<string, Prunable>();
  for (const each of releases) {
    if (each.promotedCommit) bases.delete(each.branch);
    else if (each.wasReady && each.wasReplaced) bases.set(each.branch, each);
  }
  return [...bases.values()];
}
