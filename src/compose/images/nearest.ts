import { distance } from 'fastest-levenshtein';

/** How many a sentence names. */
const NAMED = 3;

/** The tags that are written most like one, the nearest first. */
export function nearestTags(tag: string, tags: readonly string[]): string[] {
  const most = Math.max(2, Math.floor(tag.length / 2));
  return tags
    .map((name) => ({ name, distance: distance(tag, name) }))
    .filter(({ distance }) => distance <= most)
    .sort((left, right) => left.distance - right.distance || (left.name < right.name ? 1 : -1))
    .slice(0, NAMED)
    .map(({ name }) => name);
}
