import { distance } from 'fastest-levenshtein';

/** How many a sentence names. */
const NAMED = 3;
/** Longer texts are no mistyped names, and comparing them takes long. */
const LONGEST = 100;

/**
 * The names that are written most like one, the nearest first, at most three. `tolerance`: how many
 * letters may differ. Whether letters are capital does not matter.
 */
export function nearestNames(
  name: string,
  known: Iterable<string>,
  tolerance = Math.max(1, Math.floor(name.length / 3)),
): string[] {
  if (name.length > LONGEST) return [];
  const folded = name.toLowerCase();
  return [...new Set(known)]
    .filter((each) => each !== name && each.length <= LONGEST)
    .map((each) => ({ each, letters: lettersBetween(folded, each.toLowerCase()) }))
    .filter(({ each, letters }) => letters <= tolerance && letters < each.length)
    .sort((left, right) => left.letters - right.letters || (left.each < right.each ? -1 : 1))
    .slice(0, NAMED)
    .map(({ each }) => each);
}

/** A question that names the nearest of the known names, with a blank before it; empty if none is near. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const near = nearestNames(name, known).map((each) => `\`${each}\``);
  const last = near.pop();
  if (last === undefined) return '';
  return ` Did you mean ${near.length > 0 ? `${near.join(', ')} or ` : ''}${last}?`;
}

/** A hint that begins with the nearest of the known names, if one is near. */
export function withNearest(hint: string, name: string, known: Iterable<string>): string {
  return `${didYouMean(name, known)} ${hint}`.trim();
}

/** How many letters must be added, removed or replaced; two neighbours in the wrong order are one. */
function lettersBetween(left: string, right: string): number {
  const letters = distance(left, right);
  const isSwapped = letters === 2 && sorted(left) === sorted(right);
  return isSwapped ? 1 : letters;
}

function sorted(text: string): string {
  return [...text].sort().join('');
}
