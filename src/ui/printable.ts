/**
 * Characters that a terminal obeys instead of showing: controls, and marks that reorder, hide or
 * imitate text, or take no place in it, except those that form letters and emoji. Line breaks and tabs are text.
 */
const OBEYED =
  /[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]|(?!\u200c|\u200d|\ufe0e|\ufe0f)\p{Default_Ignorable_Code_Point}/gu;

/** The codes by which the theme colours text: they change how it looks, and nothing else. */
const COLOR = /^\[(?:1|2|22|31|32|33|39|93)m/;
const LONGEST_COLOR = 4;

/**
 * Text that a terminal only shows, wherever it comes from: commits, branches, containers, remotes.
 * Other characters are written as their number. With `hasColor`, the theme's own codes stay. GitHub's older commands may
 * stand anywhere in a line, and what a push or ssh prints is in the log of a job although canary is not run by it.
 */
export function printable(text: string, hasColor: boolean): string {
  return text.replaceAll('##[', '## [').replace(OBEYED, (sign, at: number) => {
    if (sign === '\n' || sign === '\t') return sign;
    const isColor = sign === '\u001b' && COLOR.test(text.slice(at + 1, at + 1 + LONGEST_COLOR));
    return hasColor && isColor ? sign : escaped(sign);
  });
}

/** JSON of the same value in which no character is obeyed by a terminal, and GitHub finds no command. */
export function printableJson(value: unknown): string {
  return JSON.stringify(value)
    .replace(OBEYED, (sign) =>
      Array.from({ length: sign.length }, (_, at) => unit(sign.charCodeAt(at))).join(''),
    )
    .replaceAll('##[', `#${unit('#'.charCodeAt(0))}[`);
}

function unit(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}

function escaped(sign: string): string {
  const code = sign.codePointAt(0) ?? 0;
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u{${code.toString(16)}}`;
}
