/** How SQLite stores the values of a column of a declared type: <https://sqlite.org/datatype3.html>, 3.1. */
export function affinityOf(declared: string): string {
  const type = declared.toLowerCase();
  if (type.includes('int')) return 'integer';
  if (/char|clob|text/.test(type)) return 'text';
  if (type === '' || type.includes('blob')) return 'blob';
  return /real|floa|doub/.test(type) ? 'real' : 'numeric';
}

/** Values, quoted names, comments, words, and single characters. */
const PIECE =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'[^']*(?:''[^']*)*(?:'|$)|"[^"]*(?:""[^"]*)*(?:"|$)|`[^`]*(?:``[^`]*)*(?:`|$)|\[[^\]]*(?:\]|$)|\w+|\S/g;

/** A definition with uniform spaces and without comments. */
export function normalised(sql: string): string {
  return pieces(sql).join(' ');
}

/** The conditions of the CHECKs in a table's definition. */
export function checksIn(sql: string): string[] {
  const words = pieces(sql);
  const checks: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    if (words[at]?.toLowerCase() !== 'check' || words[at + 1] !== '(') continue;
    const end = closingOf(words, at + 1);
    checks.push(words.slice(at + 2, end).join(' '));
    at = end;
  }
  return checks;
}

/** Where the bracket that opens at `from` is closed; the end if it is not. */
function closingOf(words: readonly string[], from: number): number {
  let depth = 0;
  for (let at = from; at < words.length; at += 1) {
    depth += words[at] === '(' ? 1 : words[at] === ')' ? -1 : 0;
    if (depth === 0) return at;
  }
  return words.length;
}

function pieces(sql: string): string[] {
  return (sql.match(PIECE) ?? []).filter((each) => !/^(--|\/\*)/.test(each));
}

/** A column as its table's definition has it. */
interface DefinedColumn {
  name: string;
  /** The declared type; empty if it has none. */
  type: string;
  /** What follows, with names in one notation. */
  rest: string;
}

/** What a table's definition consists of. */
export interface DefinedTable {
  columns: readonly DefinedColumn[];
  /** Those of the table, not of one column. */
  constraints: readonly string[];
  /** After the columns, such as `strict`. */
  options: string;
}

const CONSTRAINT_WORDS = new Set(['constraint', 'primary', 'unique', 'check', 'foreign']);
const AFTER_TYPE = new Set([
  ...['constraint', 'primary', 'not', 'null', 'unique', 'check', 'default', 'collate'],
  ...['references', 'generated', 'as'],
]);

/** The columns of a table's definition; `undefined` if it is of another form, such as a virtual table's. */
export function columnsIn(sql: string): DefinedTable | undefined {
  const words = likeNames(sql);
  const open = words.indexOf('(');
  if (words[0] !== 'create' || words[1] !== 'table' || open < 0) return undefined;
  const end = closingOf(words, open);
  const items = listOf(words.slice(open + 1, end));
  const isConstraint = ([first = '']: readonly string[]) => CONSTRAINT_WORDS.has(first);
  return {
    columns: items.filter((item) => !isConstraint(item)).map(columnIn),
    constraints: items.filter(isConstraint).map((item) => withoutName(item).join(' ')),
    options: words.slice(end + 1).join(' '),
  };
}

function columnIn([name = '', ...words]: readonly string[]): DefinedColumn {
  const at = words.findIndex((word) => AFTER_TYPE.has(word));
  const split = at < 0 ? words.length : at;
  return {
    name,
    type: words.slice(0, split).join(' '),
    rest: withoutName(words.slice(split)).join(' '),
  };
}

/** Without the names of constraints, and without `null`, which is said by nothing else. */
function withoutName(words: readonly string[]): string[] {
  return words.filter(
    (word, at) =>
      word !== 'constraint' &&
      words[at - 1] !== 'constraint' &&
      !(word === 'null' && !['not', 'default', 'set', 'is'].includes(words[at - 1] ?? '')),
  );
}

/** The items of a list that commas divide, outside of brackets. */
function listOf(words: readonly string[]): string[][] {
  const items: string[][] = [[]];
  let depth = 0;
  for (const word of words) {
    depth += word === '(' ? 1 : word === ')' ? -1 : 0;
    if (word === ',' && depth === 0) items.push([]);
    else items.at(-1)?.push(word);
  }
  return items.filter((item) => item.length > 0);
}

/** The words of a definition in one notation: small letters, names without quotes, values as they are. */
export function likeNames(sql: string): string[] {
  return pieces(sql).map((piece) => {
    if (piece.startsWith("'")) return piece;
    const isQuoted = /^["`[]/.test(piece) && piece.length > 1;
    return (isQuoted ? piece.slice(1, -1) : piece).toLowerCase();
  });
}
