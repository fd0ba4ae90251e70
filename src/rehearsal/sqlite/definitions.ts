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
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|\w+|\S/g;

/** A definition with uniform spaces and without comments. */
export function normalised(sql: string): string {
  return pieces(sql).join(' ');
}

/** The conditions of the CHECKs in a table's definition. */
export function checksIn(sql: string): string[] {
  const words = pieces(sql);
  return words.flatMap((word, at) => {
    if (word.toLowerCase() !== 'check' || words[at + 1] !== '(') return [];
    let depth = 0;
    const end = words.findIndex((each, index) => {
      if (index <= at) return false;
      depth += each === '(' ? 1 : each === ')' ? -1 : 0;
      return depth === 0;
    });
    return [words.slice(at + 2, end).join(' ')];
  });
}

function pieces(sql: string): string[] {
  return (sql.match(PIECE) ?? []).filter((each) => !/^(--|\/\*)/.test(each));
}
