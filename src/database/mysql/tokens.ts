/** A piece of a statement of MySQL: a bare word, a name in backticks, a value, or any other sign. */
export interface Token {
  is: 'word' | 'name' | 'value' | 'sign';
  /** Of a name and of a value without its quotes. */
  text: string;
}

/** Comments and quoted pieces first, so that neither opens the other. */
const PIECE = new RegExp(
  [
    // What stands in `/*! … */` is done.
    String.raw`(?:/\*M?!\d*|\*/|/\*[\s\S]*?(?:\*/|$)|--(?=\s|$)[^\n]*|#[^\n]*|\s+)`,
    // Statements may be cut off inside of a value.
    String.raw`(?<value>[bnx]?'(?:[^'\\]|''|\\[\s\S])*(?:'|\\?$)|"(?:[^"\\]|""|\\[\s\S])*(?:"|\\?$)|0x[\da-f]+)`,
    '(?<name>`(?:[^`]|``)*(?:`|$))',
    String.raw`(?<word>[\w$\u0080-\uffff]+)`,
    String.raw`(?<sign>[\s\S])`,
  ].join('|'),
  'gi',
);

/** The pieces of a statement of MySQL or MariaDB, without its comments. */
export function tokensOf(statement: string): Token[] {
  return [...statement.matchAll(PIECE)].flatMap(({ groups = {} }): Token[] => {
    const { value, name, word, sign } = groups;
    if (name !== undefined)
      return [{ is: 'name', text: name.replace(/^`|`$/g, '').replaceAll('``', '`') }];
    if (value !== undefined) return [{ is: 'value', text: value.replace(/^["']|["']$/g, '') }];
    if (word !== undefined) return [{ is: 'word', text: word }];
    return sign === undefined ? [] : [{ is: 'sign', text: sign }];
  });
}
