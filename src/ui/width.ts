import { stripVTControlCharacters } from 'node:util';

/** What takes two places in a terminal: East Asian wide signs and emoji. */
const WIDE =
  /^(?:\p{Emoji_Presentation}|.\ufe0f|[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|[\u{20000}-\u{3fffd}])/u;

const signs = new Intl.Segmenter('en', { granularity: 'grapheme' });
const PLAIN = /^[\x20-\x7e]*$/;

/** How many places a text takes in a terminal; it contains no code that a terminal obeys. */
export function placesOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let places = 0;
  for (const { segment } of signs.segment(text)) places += WIDE.test(segment) ? 2 : 1;
  return places;
}

/** The beginning of a text that fits in so many places, with `mark` at its end if something is left out. */
export function cutTo(text: string, places: number, mark = '…'): string {
  if (placesOf(text) <= places) return text;
  const room = places - placesOf(mark);
  if (room < 0) return mark.slice(0, Math.max(0, places));
  let cut = '';
  let used = 0;
  for (const { segment } of signs.segment(text)) {
    used += WIDE.test(segment) ? 2 : 1;
    if (used > room) break;
    cut += segment;
  }
  return `${cut}${mark}`;
}

/**
 * A line as lines of at most so many places, broken between words and with the first line's indent. A word that is
 * longer stays whole: a terminal breaks it, and it can be copied. Colours are kept.
 */
export function wrapped(line: string, places: number): string[] {
  const indent = /^ */.exec(line)?.[0] ?? '';
  const lines: string[] = [];
  let current = '';
  for (const word of line.slice(indent.length).split(' ')) {
    const longer = current === '' ? `${indent}${word}` : `${current} ${word}`;
    if (current !== '' && placesOf(stripVTControlCharacters(longer)) > places) {
      lines.push(current);
      current = `${indent}${word}`;
    } else current = longer;
  }
  return [...lines, current];
}
