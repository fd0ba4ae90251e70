/** A section of HAProxy's configuration. */
export function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

/**
 * Quotes a text as one word of HAProxy's configuration: single quotes keep everything in them
 * unchanged, and a single quote itself is written between two such words (HAProxy configuration
 * manual, 2.2 "Quoting and escaping"). The text must not contain line breaks.
 */
export function word(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
