import type { FileProblem } from '../errors.ts';
import { printable } from './printable.ts';
import type { Theme } from './theme.ts';

/** How much of a long line is shown around the marked place. */
const WIDTH = 72;
const BEFORE = 32;

/** A problem of a file in lines: where and what, the user's own line, and a caret under the place. */
export function placeLines(theme: Theme) {
  return ({ path, line, column, length, source, text }: FileProblem): string[] => {
    const heading = `line ${line}, column ${column}, ${path}: ${text}`;
    if (source.trim() === '') return [heading];
    const from = column - 1 > WIDTH - BEFORE ? column - 1 - BEFORE : 0;
    const before = shown(source.slice(from, column - 1));
    const rest = shown(source.slice(column - 1, from + WIDTH));
    const marked = Math.max(1, Math.min(length, rest.length));
    const [start, end] = [from > 0 ? '…' : '', source.length > from + WIDTH ? '…' : ''];
    const number = String(line);
    const indent = ' '.repeat(start.length + widthOf(before));
    const carets = theme.bad('^'.repeat(Math.max(1, widthOf(rest.slice(0, marked)))));
    return [
      heading,
      `  ${theme.dim(`${number} |`)} ${start}${before}${rest}${end}`,
      `  ${theme.dim(`${' '.repeat(number.length)} |`)} ${indent}${carets}`,
    ];
  };
}

/** Text of the file in which no character is obeyed by a terminal and each takes its place. */
function shown(text: string): string {
  return [...text.replaceAll('\t', ' ')]
    .map((sign) => (printable(sign, false) === sign ? sign : '·'))
    .join('');
}

/** Columns of a terminal: East Asian wide characters and emoji take two, marks on others none. */
function widthOf(text: string): number {
  let columns = 0;
  for (const sign of text) {
    if (/\p{M}|\u200c|\u200d|\ufe0f/u.test(sign)) continue;
    columns += WIDE.test(sign) ? 2 : 1;
  }
  return columns;
}

const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}/u;
