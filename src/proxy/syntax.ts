/** A section of HAProxy's configuration. */
export function section(title: string, lines: readonly string[]): string {
  return [title, ...lines.map((line) => `  ${line}`)].join('\n');
}

/**
 * The same sections, listening on IPv6 as well wherever they listen on IPv4; by sockets of their own, so that
 * addresses of IPv4 clients stay what they are.
 */
export function onBothFamilies(text: string): string {
  return text.replace(/^( *)bind :(\d+.*)$/gm, '$&\n$1bind :::$2 v6only');
}

/**
 * Quotes a text as one word of HAProxy's configuration: single quotes keep everything in them
 * unchanged, and a single quote itself is written between two such words (HAProxy configuration
 * manual, 2.2 "Quoting and escaping"). The text must not contain line breaks.
 */
export function word(text: string): string {
  return `'${text.replaceAll("'", `'"'"'`)}'`;
}
