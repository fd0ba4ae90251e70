/**
 * An exception that the operator makes: one class of change to one table, or one service that
 * cannot be rehearsed.
 */
export interface Exception {
  what: 'destructive' | 'unclassified' | 'contracting' | 'unrehearsed';
  name: string;
}

/**
 * Names as findings report them, such as `Order Details` and `total(integer, text)`. No `*` or `?`,
 * so that no name is taken for a pattern.
 */
const PATTERN =
  /^(destructive|unclassified|contracting|unrehearsed):([^\s*?](?:[^\p{Cc}*?]*[^\s*?])?)$/u;

/**
 * Reads `destructive:TABLE`, `unclassified:NAME`, `contracting:TABLE` or `unrehearsed:SERVICE`;
 * there is no exception for everything.
 */
export function parseException(text: string): Exception | undefined {
  const [, what, name] = PATTERN.exec(text) ?? [];
  return what && name ? { what: what as Exception['what'], name } : undefined;
}

export function formatException({ what, name }: Exception): string {
  return `${what}:${name}`;
}
