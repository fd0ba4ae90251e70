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
