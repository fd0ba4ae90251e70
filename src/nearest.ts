import { distance } from 'fastest-levenshtein';

/** How many a sentence names. */
const NAMED = 3;
/** Longer texts are no mistyped names, and comparing them takes long. */
const LONGEST = 100;

interface Likeness {
  /** How many letters may differ. */
  tolerance?: number;
  /** Of those that are equally near, the first is shown first. */
  order?: (left: string, right: string) => number;
  /** Whether a name may differ in all its letters. */
  mayDifferWhole?: boolean;
}

/**
 * The names that are written most like one, the nearest first, at most three. Whether letters are
 * capital does not matter.
 */
export function nearestNames(
  name: string,
  known: Iterable<string>,
  {
    tolerance = Math.max(1, Math.floor(name.length / 3)),
    order = (left, right) => (left < right ? -1 : 1),
    mayDifferWhole = false,
  }: Likeness = {},
): string[] {
  if (name.length > LONGEST) return [];
  const folded = name.toLowerCase();
  return [...new Set(known)]
    .filter((each) => each !== name && each.length <= LONGEST)
    .map((each) => ({ each, letters: lettersBetween(folded, each.toLowerCase()) }))
    .filter(({ letters }) => letters <= tolerance)
    .filter(({ each, letters }) => mayDifferWhole || letters < each.length)
    .sort((left, right) => left.letters - right.letters || order(left.each, right.each))
    .slice(0, NAMED)
    .map(({ each }) => each);
}

/** The same of tags: those are short and most are versions, so the newest is first. */
export function nearestTags(tag: string, known: Iterable<string>): string[] {
  return nearestNames(tag, known, {
    tolerance: Math.max(2, Math.floor(tag.length / 2)),
    order: (left, right) => right.localeCompare(left, 'en', { numeric: true }),
    mayDifferWhole: true,
  });
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
