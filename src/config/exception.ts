/** An exception that a person makes: one class of change of one table, or one service that nobody can rehearse. */
export interface Exception {
  what: 'destructive' | 'contracting' | 'unrehearsed';
  name: string;
}

/** Names as findings tell them: also `Order Details` and `total(integer, text)`. No pattern, for nobody may take it for one. */
const PATTERN = /^(destructive|contracting|unrehearsed):([^\s*?](?:[^\p{Cc}*?]*[^\s*?])?)$/u;

/** Reads `destructive:TABLE`, `contracting:TABLE` or `unrehearsed:SERVICE`; never one for everything. */
export function parseException(text: string): Exception | undefined {
  const [, what, name] = PATTERN.exec(text) ?? [];
  return what && name ? { what: what as Exception['what'], name } : undefined;
}

export function formatException({ what, name }: Exception): string {
  return `${what}:${name}`;
}
