import { printable } from '../printable.ts';
import type { Theme } from '../theme.ts';
import { cutTo, placesOf } from '../width.ts';

/** How a piece of a line looks. */
export type Look = 'plain' | 'bold' | 'dim' | 'good' | 'bad' | 'warn' | 'canary';

/** A piece of a line: its text may come from outside. */
export type Piece = string | readonly [text: string, look: Look];

/** A line before it is fitted to a width. */
export type Line = readonly Piece[];

const textOf = (piece: Piece) => (typeof piece === 'string' ? piece : piece[0]);

/** Text from outside as one line: nothing in it is obeyed by a terminal. */
function oneLine(text: string): string {
  return printable(text, false).replace(/[\n\t]+/g, ' ');
}

/** A line as a terminal of that width gets it: cut, never wrapped. */
export function fitted(line: Line, width: number, theme: Theme, mark: string): string {
  let room = width;
  let result = '';
  for (const piece of line) {
    const shown = cutTo(oneLine(textOf(piece)), room, mark);
    const look = typeof piece === 'string' ? 'plain' : piece[1];
    result += look === 'plain' || shown === '' ? shown : theme[look](shown);
    room -= placesOf(shown);
    // What follows something that was cut would look as if it belonged to it.
    if (room <= 0 || shown !== oneLine(textOf(piece))) break;
  }
  return result.trimEnd();
}

/** How many places a line takes. */
export function placesOfLine(line: Line): number {
  return line.reduce((sum, piece) => sum + placesOf(oneLine(textOf(piece))), 0);
}

/** Two lines as one: the second at the right end, if there is room for both. */
export function apart(left: Line, right: Line, width: number): Line {
  const room = width - placesOfLine(left) - placesOfLine(right);
  return room >= 1 ? [...left, ' '.repeat(room), ...right] : left;
}

/** Rows of cells as lines with aligned columns, two places apart; `right`: columns aligned at their right end. */
export function columns(rows: readonly Line[], right: readonly number[] = []): Line[] {
  const widths: number[] = [];
  for (const row of rows)
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, placesOfLine([cell]));
  return rows.map((row) =>
    row.flatMap((cell, index): Piece[] => {
      const gap = ' '.repeat((widths[index] ?? 0) - placesOfLine([cell]));
      const before = index === 0 ? [] : ['  '];
      return right.includes(index) ? [...before, gap, cell] : [...before, cell, gap];
    }),
  );
}
