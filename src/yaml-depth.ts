import { Lexer, Parser } from 'yaml';

/** People nest a dozen levels. */
const DEEPEST = 500;

/**
 * Whether YAML is nested deeper than anybody writes. What makes values of it goes down by recursion: thousands of levels
 * cost it seconds, or end the process where no error can be caught. This goes through the text once, without recursion.
 */
export function isTooDeep(text: string): boolean {
  const parser = new Parser();
  for (const lexeme of new Lexer().lex(text)) {
    for (const _ of parser.next(lexeme));
    if (parser.stack.length > DEEPEST) return true;
  }
  return false;
}

/** The same as an error, for texts whose other mistakes are errors too. */
export function requireShallow(text: string): void {
  if (isTooDeep(text)) throw new RangeError(`It is nested more than ${DEEPEST} levels deep.`);
}
