/** A column's type in its parts. */
export interface ColumnType {
  name: string;
  /** What stands in parentheses; the values of an enumeration as they are written, quotes included. */
  arguments: readonly string[];
  /** What follows, such as `unsigned`, `[]` or `with time zone`. */
  rest: string;
}

/** Names of two words; of all others what follows the first word is told apart. */
const LONG_NAME = /^(character varying|double precision|bit varying)\b/;

const SYNONYMS: Readonly<Record<string, string>> = {
  int: 'integer',
  varchar: 'character varying',
  char: 'character',
  decimal: 'numeric',
  double: 'double precision',
  float: 'real',
};

/** Reads a type as PostgreSQL, MySQL or SQLite writes it. */
export function parseColumnType(text: string): ColumnType {
  const whole = text.trim();
  const words = whole.toLowerCase();
  // A quoted name is somebody's own type, whatever it is called.
  const name = LONG_NAME.exec(words)?.[0] ?? /^[a-z_][\w$.]*/.exec(words)?.[0];
  if (!name) return { name: whole, arguments: [], rest: '' };
  const tail = whole.slice(name.length).trimStart();
  const inside = /^\(((?:'(?:[^'\\]|''|\\.)*'|[^')])*)\)/.exec(tail);
  const rest = tail.slice(inside?.[0].length ?? 0);
  return {
    name: SYNONYMS[name] ?? name,
    arguments: inside?.[1]?.match(/'(?:[^'\\]|''|\\.)*'|[^\s,']+/g) ?? [],
    rest: rest.replace(/\s+/g, ' ').trim().toLowerCase(),
  };
}
