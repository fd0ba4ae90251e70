import { type ColumnType, parseColumnType } from './column-type-name.ts';

/** Each holds every value of those before it (PostgreSQL and MySQL names). */
const LADDERS: readonly (readonly string[])[] = [
  ['tinyint', 'smallint', 'mediumint', 'integer', 'bigint', 'numeric'],
  ['real', 'double precision'],
  ['character', 'character varying', 'text', 'mediumtext', 'longtext'],
  ['tinytext', 'text', 'mediumtext', 'longtext'],
  ['tinyblob', 'blob', 'mediumblob', 'longblob'],
  ['varbinary', 'blob', 'mediumblob', 'longblob'],
];

/** In MySQL `int(11)` holds what `int(4)` does. */
const WHOLE_NUMBERS = new Set(['tinyint', 'smallint', 'mediumint', 'integer', 'bigint']);

/** Whose parentheses hold limits; of others they are part of the type, such as the length of a `bit` or a vector. */
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

/** In MySQL no fraction of a second where none is named; PostgreSQL says more after the name. */
const TIMES = new Set(['time', 'timestamp', 'datetime']);

/** Whether a column of type `to` takes and gives every value that one of type `from` did. */
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

/** Of a wider type: a limit of its own may take away what the type gives, as `numeric(3)` does for an integer. */
function hasRoom(old: ColumnType, next: ColumnType): boolean {
  if (WHOLE_NUMBERS.has(next.name) || next.arguments.length === 0) return true;
  return old.name === 'character' && next.name === 'character varying' && holdsMore(old, next);
}

/** Of the same type: limits no smaller, values of an enumeration all still there. */
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
