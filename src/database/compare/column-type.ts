import { ownValue } from '../../config/values/by-name.ts';

/** The parts of a column's type. */
interface ColumnType {
  name: string;
  /** The text in parentheses; values of an enumeration as written, including quotes. */
  arguments: readonly string[];
  /** The text after it, such as `unsigned`, `[]` or `with time zone`. */
  rest: string;
}

/** Type names of two words; of all others the name is the first word, and the rest is separate. */
const LONG_NAME = /^(character varying|double precision|bit varying)\b/;

const SYNONYMS: Readonly<Record<string, string>> = {
  int: 'integer',
  varchar: 'character varying',
  char: 'character',
  decimal: 'numeric',
  double: 'double precision',
  float: 'real',
};

/** Each type holds every value of the types before it (PostgreSQL and MySQL names). */
const LADDERS: readonly (readonly string[])[] = [
  ['tinyint', 'smallint', 'mediumint', 'integer', 'bigint', 'numeric'],
  ['real', 'double precision'],
  ['character', 'character varying', 'text', 'mediumtext', 'longtext'],
  ['tinytext', 'text', 'mediumtext', 'longtext'],
  ['tinyblob', 'blob', 'mediumblob', 'longblob'],
  ['varbinary', 'blob', 'mediumblob', 'longblob'],
];

/** In MySQL, `int(11)` holds the same values as `int(4)`. */
const WHOLE_NUMBERS = new Set(['tinyint', 'smallint', 'mediumint', 'integer', 'bigint']);

/**
 * Types whose parentheses contain limits; for others they are part of the type, such as the length
 * of a `bit` or a vector.
 */
const LIMITED = new Set([
  'numeric',
  'real',
  'double precision',
  'character',
  'character varying',
  'varbinary',
  'bit varying',
  'time',
  'timestamp',
  'datetime',
]);

/**
 * In MySQL, no fraction of a second unless stated; in PostgreSQL, the type has more text after the
 * name.
 */
const TIMES = new Set(['time', 'timestamp', 'datetime']);

/** Whether a column of type `to` accepts and returns every value of a column of type `from`. */
export function isWidened(from: string, to: string): boolean {
  const [old, next] = [parseColumnType(from), parseColumnType(to)];
  if (old.rest !== next.rest) return false;
  if (old.name === next.name) return holdsMore(old, next);
  const isHigher = LADDERS.some((ladder) => {
    const [low, high] = [ladder.indexOf(old.name), ladder.indexOf(next.name)];
    return low >= 0 && high > low;
  });
  return isHigher && hasRoom(old, next);
}

/**
 * Whether a wider type has room: a limit of its own may make it narrower, as `numeric(3)` does for
 * an integer.
 */
function hasRoom(old: ColumnType, next: ColumnType): boolean {
  if (WHOLE_NUMBERS.has(next.name) || next.arguments.length === 0) return true;
  return old.name === 'character' && next.name === 'character varying' && holdsMore(old, next);
}

/** For the same type: limits are no smaller, and all values of an enumeration remain. */
function holdsMore(old: ColumnType, next: ColumnType): boolean {
  if (old.name === 'enum' || old.name === 'set')
    return old.arguments.every((value) => next.arguments.includes(value));
  if (WHOLE_NUMBERS.has(old.name)) return true;
  const [before, now] = [limitsOf(old), limitsOf(next)];
  if (now.length === 0 || before.join() === now.join()) return true;
  if (before.length === 0 || !LIMITED.has(old.name)) return false;
  const [oldLength = 0, oldScale = 0] = before.map(Number);
  const [length = 0, scale = 0] = now.map(Number);
  return scale >= oldScale && length - scale >= oldLength - oldScale;
}

function limitsOf({ name, arguments: limits, rest }: ColumnType): readonly string[] {
  return limits.length === 0 && rest === '' && TIMES.has(name) ? ['0'] : limits;
}

/** Parses a type in the notation of PostgreSQL, MySQL or SQLite. */
function parseColumnType(text: string): ColumnType {
  const whole = text.trim();
  const words = whole.toLowerCase();
  // A quoted name is a user-defined type, whatever it is called.
  const name = LONG_NAME.exec(words)?.[0] ?? /^[a-z_][\w$.]*/.exec(words)?.[0];
  if (!name) return { name: whole, arguments: [], rest: '' };
  const tail = whole.slice(name.length).trimStart();
  const inside = /^\(((?:'[^'\\]*(?:\\.[^'\\]*)*'|[^')])*)\)/.exec(tail);
  const rest = tail.slice(inside?.[0].length ?? 0);
  return {
    name: ownValue(SYNONYMS, name) ?? name,
    arguments: inside?.[1]?.match(/'[^'\\]*(?:(?:''|\\.)[^'\\]*)*'|[^\s,']+/g) ?? [],
    rest: rest.replace(/\s+/g, ' ').trim().toLowerCase(),
  };
}
