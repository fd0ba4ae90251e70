import { printable } from '../../analysis/shape/printable.ts';

/** How a service is to get the characters of a text. */
export type Escape = (character: string) => string;

/**
 * A text for a service: escaped, without control characters, and at most `limit` long as `lengthOf` measures it. It is
 * cut between characters, never inside an escape.
 */
export function cut(
  text: string,
  limit: number,
  escaped: Escape,
  lengthOf: (piece: string) => number = (piece) => piece.length,
): string {
  const more = lengthOf('…');
  let kept = '';
  let length = 0;
  let whole = '';
  for (const character of text) {
    const piece = escaped(/[\n\t]/.test(character) ? character : printable(character));
    length += lengthOf(piece);
    if (length > limit) return `${kept}…`;
    whole += piece;
    if (length + more <= limit) kept = whole;
  }
  return whole;
}

/** Markdown: its signs, links, and HTML. */
export const escapeMarkdown: Escape = (character) =>
  /[\\`*_~|<>[\]()#+\-!{}]/.test(character) ? `\\${character}` : character;
