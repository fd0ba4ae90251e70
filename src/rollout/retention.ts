import { hasEnded, type Release } from './release.ts';

/** What of a release decides whether it is kept. */
export type Prunable = Pick<Release, 'id' | 'branch' | 'state' | 'wasReady' | 'wasReplaced'> & {
  promotedCommit?: string | null | undefined;
};

/**
 * The releases to forget, of all of them, oldest first: those beyond the newest `retention` ended ones. What a
 * later command still needs stays whatever its age: the release that runs, the one that the stable
 * came from, and of every branch the one to which `revert` goes back.
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

/** A release that is being taken back has as good as ended. */
function isCurrent(release: Prunable): boolean {
  return !hasEnded(release) && release.state !== 'reverting';
}

/** Of every branch the release that was ready and replaced last, as long as the branch was not promoted since. */
function revertBases(releases: readonly Prunable[]): Prunable[] {
  const bases = new Map<string, Prunable>();
  for (const each of releases) {
    if (each.promotedCommit) bases.delete(each.branch);
    else if (each.wasReady && each.wasReplaced) bases.set(each.branch, each);
  }
  return [...bases.values()];
}
