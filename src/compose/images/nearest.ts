/** How many a sentence names. */
const NAMED = 3;

/** The tags that are written most like one, the nearest first. */
export function nearestTags(tag: string, tags: readonly string[]): string[] {
  const most = Math.max(2, Math.floor(tag.length / 2));
  return tags
    .map((name) => ({ name, distance: distanceBetween(tag, name) }))
    .filter(({ distance }) => distance <= most)
    .sort((left, right) => left.distance - right.distance || (left.name < right.name ? 1 : -1))
    .slice(0, NAMED)
    .map(({ name }) => name);
}

/** How many letters must be added, removed or replaced to make one text of the other (Levenshtein). */
function distanceBetween(left: string, right: string): number {
  let above = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (const [row, letter] of [...left].entries()) {
    const current = [row + 1];
    for (let column = 0; column < right.length; column += 1) {
      const replaced = (above[column] ?? 0) + (letter === right[column] ? 0 : 1);
      const added = Math.min(above[column + 1] ?? 0, current[column] ?? 0) + 1;
      current.push(Math.min(replaced, added));
    }
    above = current;
  }
  return above[right.length] ?? 0;
}
