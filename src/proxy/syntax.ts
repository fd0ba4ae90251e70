/** A section of HAProxy's configuration. */
export function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

/**
 * A word of HAProxy's configuration that stands for exactly this text: single quotes keep everything in them as it
 * is, and a single quote is written between two such words (HAProxy configuration manual, 2.2 "Quoting and escaping").
 * The text must not have line breaks.
 */
export function word(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
