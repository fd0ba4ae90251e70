import { stripVTControlCharacters } from 'node:util';
import { placesOf } from '../width.ts';

const ESC = '\u001b[';
/** A terminal that knows synchronized output shows everything between these two at once; others ignore them. */
const BEGIN = `${ESC}?2026h`;
const END = `${ESC}?2026l`;
const HIDE_CURSOR = `${ESC}?25l`;
const SHOW_CURSOR = `${ESC}?25h`;
const CLEAR_LINE = `${ESC}K`;
const CLEAR_BELOW = `${ESC}J`;

/**
 * Draws a panel of lines at the place where the cursor is, again and again, without clearing first. It stays in the
 * terminal's history when it ends: no other screen is used.
 */
export class Painter {
  private readonly write: (text: string) => void;
  /** How many places each line of the panel takes; empty while none is shown. */
  private shown: readonly number[] = [];
  private isHidden = false;

  /** `write`: to the terminal, in one piece. */
  constructor(write: (text: string) => void) {
    this.write = write;
  }

  /** Shows these lines in place of the panel; none is wider than `columns`. `above`: lines that stay, before it. */
  paint(panel: readonly string[], columns: number, above: readonly string[] = []): void {
    const places = panel.map((line) => placesOf(stripVTControlCharacters(line)));
    const lines = [...above, ...panel].map((line) => `${line}${CLEAR_LINE}\n`);
    // In the last column, clearing would take the last sign away.
    const full = panel.flatMap((_, index) =>
      (places[index] ?? 0) >= columns ? [above.length + index] : [],
    );
    for (const index of full) lines[index] = `${[...above, ...panel][index]}\n`;
    const cursor = this.isHidden ? '' : HIDE_CURSOR;
    this.isHidden = true;
    this.write(`${BEGIN}${cursor}${this.back(columns)}${lines.join('')}${CLEAR_BELOW}${END}`);
    this.shown = places;
  }

  /** Leaves the panel as it is, with the cursor below it. Safe to repeat. */
  end(): void {
    if (this.isHidden) this.write(SHOW_CURSOR);
    this.isHidden = false;
    this.shown = [];
  }

  /** To the first line of the panel. A terminal that became narrower has broken long lines in two. */
  private back(columns: number): string {
    const rows = this.shown.reduce(
      (sum, places) => sum + Math.max(1, Math.ceil(places / Math.max(1, columns))),
      0,
    );
    return rows === 0 ? '\r' : `\r${ESC}${rows}A`;
  }
}
