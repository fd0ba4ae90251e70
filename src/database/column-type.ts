/** Each holds every value of those before it (PostgreSQL and MySQL names). */
const LADDERS: readonly (readonly string[])[] = [
  ['tinyint', 'smallint', 'mediumint', 'integer', 'bigint', 'numeric'],
  ['real', 'double precision'],
  ['character varying', 'text'],
  ['character', 'character varying', 'text'],
  ['tinytext', 'text', 'mediumtext', 'longtext'],
  ['tinyblob', 'blob', 'mediumblob', 'longblob'],
  ['varbinary', 'blob', 'mediumblob', 'longblob'],
];

const SYNONYMS: Readonly<Record<string, string>> = {
  int: 'integer',
  varchar: 'character varying',
  char: 'character',
  decimal: 'numeric',
  double: 'double precision',
  float: 'real',
};

interface ColumnType {
  name: string;
  /** What stands in parentheses. */
  arguments: readonly string[];
  /** What follows, such as `unsigned` or `[]`. */
  rest: string;
}

/** Whether a column of type `to` takes and gives every value that one of type `from` did. */
export function isWidened(from: string, to: string): boolean {
  const [old, next] = [parse(from), parse(to)];
  if (old.rest !== next.rest) return false;
  if (old.name === next.name) return holdsMore(old, next);
  // Without their limits in mind: `numeric(3)` holds less than an integer.
  const isRoomy = next.arguments.length === 0 || next.name === 'integer';
  const bounded = next.name === 'character varying' && old.name === 'character';
  if (!isRoomy && !(bounded && holdsMore(old, next)) && !isDisplayWidth(next)) return false;
  return LADDERS.some((ladder) => {
    const [low, high] = [ladder.indexOf(old.name), ladder.indexOf(next.name)];
    return low >= 0 && high > low;
  });
}

/** Of the same type: limits no smaller, values of an enumeration all still there. */
function holdsMore(old: ColumnType, next: ColumnType): boolean {
  if (old.name === 'enum' || old.name === 'set')
    return old.arguments.every((value) => next.arguments.includes(value));
  if (isDisplayWidth(old) || isDisplayWidth(next)) return true;
  if (next.arguments.length === 0) return true;
  if (old.arguments.length === 0) return false;
  const [oldLength = 0, oldScale = 0] = old.arguments.map(Number);
  const [length = 0, scale = 0] = next.arguments.map(Number);
  return scale >= oldScale && length - scale >= oldLength - oldScale;
}

/** `int(11)` of MySQL holds what `int(4)` does. */
function isDisplayWidth({ name }: ColumnType): boolean {
  return /int(eger)?$/.test(name);
}

function parse(text: string): ColumnType {
  const [, word = '', inside, rest = ''] =
    /^([^([]+?)\s*(?:\(([^)]*)\))?((?:\s*\[\])*(?:\s+.*)?)$/.exec(text.trim().toLowerCase()) ?? [];
  const [name, tail] = splitUnsigned(word);
  return {
    name: SYNONYMS[name] ?? name,
    arguments: inside === undefined ? [] : inside.split(',').map((each) => each.trim()),
    rest: `${tail}${rest}`.trim(),
  };
}

function splitUnsigned(word: string): [string, string] {
  const found = /^(.*?)(\s+unsigned.*)$/.exec(word);
  return found ? [found[1] ?? '', found[2] ?? ''] : [word, ''];
}
