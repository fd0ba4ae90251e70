import { stripVTControlCharacters } from 'node:util';
import { placesOf } from './width.ts';

/** Rows as aligned columns, two spaces apart; the last column is not padded. */
export function alignColumns(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [index, cell] of row.entries())
      widths[index] = Math.max(widths[index] ?? 0, widthOf(cell));
  }
  return rows
    .map(
      (row) =>
        indent +
        row
          .map((cell, index) => (index === row.length - 1 ? cell : pad(cell, widths[index] ?? 0)))
          .join('  '),
    )
    .map((line) => line.trimEnd())
    .join('\n');
}

/** The visible width: colour codes take no space. */
function widthOf(cell: string): number {
  return placesOf(stripVTControlCharacters(cell));
}

function pad(cell: string, width: number): string {
  return cell + ' '.repeat(width - widthOf(cell));
}
