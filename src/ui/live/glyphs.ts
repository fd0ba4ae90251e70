/** The signs of the live view. */
export interface Glyphs {
  good: string;
  bad: string;
  waiting: string;
  running: string;
  unsure: string;
  /** Before the present step. */
  here: string;
  filled: string;
  empty: string;
  /** Of a tree: a branch, and the last one. */
  branch: string;
  last: string;
  /** From nothing to the most. */
  levels: readonly string[];
  /** Between two points of a scale, its ends and the mark on it. */
  scale: { line: string; left: string; right: string; mark: string; middle: string };
  more: string;
  dot: string;
}

const UNICODE: Glyphs = {
  good: '✔',
  bad: '✖',
  waiting: '‖',
  running: '◆',
  unsure: '?',
  here: '▶',
  filled: '█',
  empty: '░',
  branch: '├',
  last: '└',
  levels: [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  scale: { line: '─', left: '├', right: '┤', mark: '●', middle: '┼' },
  more: '…',
  dot: '·',
};

const ASCII: Glyphs = {
  good: '+',
  bad: 'x',
  waiting: '=',
  running: '*',
  unsure: '?',
  here: '>',
  filled: '#',
  empty: '.',
  branch: '|',
  last: '`',
  levels: [' ', '.', ':', '-', '=', '+', '*', '#', '@'],
  scale: { line: '-', left: '|', right: '|', mark: 'O', middle: '+' },
  more: '~',
  dot: '.',
};

/** The signs that a terminal of this environment can show: ASCII unless its locale is UTF-8. */
export function glyphsFor(env: Readonly<Record<string, string | undefined>>): Glyphs {
  const locale = env.LC_ALL || env.LC_CTYPE || env.LANG || '';
  return /utf-?8/i.test(locale) ? UNICODE : ASCII;
}

/** Numbers as one sign each, the largest of them as the highest; all of `most` when that is given. */
export function sparkline(
  series: readonly number[],
  { levels }: Glyphs,
  most = Math.max(...series),
): string {
  const top = levels.length - 1;
  return series
    .map(
      (value) =>
        levels[value <= 0 || most <= 0 ? 0 : Math.max(1, Math.round((value / most) * top))],
    )
    .map((sign) => sign ?? levels[top])
    .join('');
}
