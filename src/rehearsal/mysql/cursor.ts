/** A piece of a MySQL statement: a bare word, a name in backticks, a value, or any other character. */
interface Token {
  is: 'word' | 'name' | 'value' | 'sign';
  /** For a name or a value, without its quotes. */
  text: string;
}

/** Comments and quoted pieces first, so that neither opens the other. */
const PIECE = new RegExp(
  [
    // The content of `/*! … */` is executed.
    String.raw`(?:/\*M?!\d*|\*/|/\*[\s\S]*?(?:\*/|$)|--(?=\s|$)[^\n]*|#[^\n]*|\s+)`,
    // Statements may be cut off inside a value.
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

/** The name of a table or an object: without its database if that is the usual one. */
export type Naming = (schema: string, name: string) => string;

export function namingIn(usual: string | undefined): Naming {
  return (schema, name) => (schema === usual || schema === '' ? name : `${schema}.${name}`);
}

/** Reads a statement from left to right. */
export class Cursor {
  private at = 0;
  private readonly tokens: readonly Token[];
  private readonly schema: string;
  private readonly naming: Naming;

  constructor(tokens: readonly Token[], schema: string, naming: Naming) {
    this.tokens = tokens;
    this.schema = schema;
    this.naming = naming;
  }

  /** The same tokens from the start. */
  again(): Cursor {
    return new Cursor(this.tokens, this.schema, this.naming);
  }

  /** The next bare word in lower case. */
  peek(ahead = 0): string | undefined {
    const token = this.tokens[this.at + ahead];
    return token?.is === 'word' ? token.text.toLowerCase() : undefined;
  }

  word(): string | undefined {
    const word = this.peek();
    if (word !== undefined) this.at += 1;
    return word;
  }

  /** Skips these words if all of them come next. */
  skip(...words: string[]): boolean {
    const isNext = words.every((word, ahead) => this.peek(ahead) === word);
    if (isNext) this.at += words.length;
    return isNext;
  }

  skipAny(...words: string[]): void {
    while (words.includes(this.peek() ?? '')) this.at += 1;
  }

  /** Stops before the first of these words, or at the end. */
  skipTo(...words: string[]): void {
    while (this.at < this.tokens.length && !words.includes(this.peek() ?? '')) this.at += 1;
  }

  holds(word: string): boolean {
    return this.tokens.some(({ is, text }) => is === 'word' && text.toLowerCase() === word);
  }

  /** Skips an opening bracket. */
  opens(): boolean {
    return this.sign('(');
  }

  name(): string | undefined {
    const token = this.tokens[this.at];
    // With ANSI_QUOTES, names are in double quotes.
    if (token === undefined || token.is === 'sign') return undefined;
    this.at += 1;
    return token.text;
  }

  table(): string {
    const first = this.name() ?? '';
    if (!this.sign('.')) return this.naming(this.schema, first);
    return this.naming(first, this.name() ?? '');
  }

  /** The prefix of all table names of the database that comes next. */
  prefix(): string {
    return this.naming(this.name() ?? '', '');
  }

  /** Tables separated by commas; what else follows each is skipped. */
  tables(): string[] {
    return this.list(() => this.table());
  }

  list<T>(read: () => T): T[] {
    const found = [read()];
    while (this.toComma()) found.push(read());
    return found;
  }

  /** Tables separated by commas or JOIN, up to a word. */
  joined(end: string): string[] {
    const found = [this.table()];
    for (; this.at < this.tokens.length && this.peek() !== end; ) {
      if (this.sign(',') || this.skip('join')) found.push(this.table());
      else this.at += 1;
    }
    return found;
  }

  /** The rest, split at its commas outside brackets, up to a closing bracket. */
  parts(): Cursor[] {
    const parts: Token[][] = [[]];
    let depth = 0;
    for (const token of this.tokens.slice(this.at)) {
      if (token.is === 'sign' && token.text === ')') depth -= 1;
      if (depth < 0) break;
      if (token.is === 'sign' && token.text === '(') depth += 1;
      if (token.is === 'sign' && token.text === ',' && depth === 0) parts.push([]);
      else parts.at(-1)?.push(token);
    }
    return parts.map((tokens) => new Cursor(tokens, this.schema, this.naming));
  }

  private sign(text: string): boolean {
    const token = this.tokens[this.at];
    const isNext = token?.is === 'sign' && token.text === text;
    if (isNext) this.at += 1;
    return isNext;
  }

  /** Skips to the next comma outside brackets, and skips it too; `false` if there is none. */
  private toComma(): boolean {
    const stops = /^(as|select|where|using|from|partition|set|values?)$/;
    for (let depth = 0; this.at < this.tokens.length; this.at += 1) {
      const token = this.tokens[this.at];
      if (token?.is === 'sign' && token.text === '(') depth += 1;
      else if (token?.is === 'sign' && token.text === ')') depth -= 1;
      else if (depth === 0 && token?.is === 'word' && stops.test(token.text.toLowerCase()))
        return false;
      else if (depth === 0 && this.sign(',')) return true;
    }
    return false;
  }
}
