/** A piece of a statement of MySQL: a bare word, a name in backticks, a value, or any other sign. */
interface Token {
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

/** How a table or an object is called: without its database where that is the usual one. */
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

  /** The next bare word in small letters. */
  peek(ahead = 0): string | undefined {
    const token = this.tokens[this.at + ahead];
    return token?.is === 'word' ? token.text.toLowerCase() : undefined;
  }

  word(): string | undefined {
    const word = this.peek();
    if (word !== undefined) this.at += 1;
    return word;
  }

  /** Passes these words when all of them come next. */
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

  /** Passes a bracket that opens. */
  opens(): boolean {
    return this.sign('(');
  }

  name(): string | undefined {
    const token = this.tokens[this.at];
    // With ANSI_QUOTES names stand in double quotes.
    if (token === undefined || token.is === 'sign') return undefined;
    this.at += 1;
    return token.text;
  }

  table(): string {
    const first = this.name() ?? '';
    if (!this.sign('.')) return this.naming(this.schema, first);
    return this.naming(first, this.name() ?? '');
  }

  /** What the names of all tables of the database that comes next begin with. */
  prefix(): string {
    return this.naming(this.name() ?? '', '');
  }

  /** Tables with commas between; what else stands behind each is passed. */
  tables(): string[] {
    return this.list(() => this.table());
  }

  list<T>(read: () => T): T[] {
    const found = [read()];
    while (this.toComma()) found.push(read());
    return found;
  }

  /** Tables with commas or JOIN between, up to a word. */
  joined(end: string): string[] {
    const found = [this.table()];
    for (; this.at < this.tokens.length && this.peek() !== end; ) {
      if (this.sign(',') || this.skip('join')) found.push(this.table());
      else this.at += 1;
    }
    return found;
  }

  /** What is left, cut at its commas outside of brackets, up to a bracket that closes. */
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

  /** Passes what stands before the next comma outside of brackets, and the comma. */
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
