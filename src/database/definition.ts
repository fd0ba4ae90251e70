/**
 * The complete definition of a database server, as its own tools print it: by the key of each part
 * its text. Parts are as small as the tools' output allows: a column, an owner, a grant. Keys are
 * made by the kind of server; those of a snapshot's `parts` are the same.
 */
export type Definition = ReadonlyMap<string, DefinitionPart>;

export interface DefinitionPart {
  /** What it defines, in words, such as `operator ===`. */
  name: string;
  /** May contain secrets: it stays in memory and is not shown as it is. */
  text: string;
}

/** The definition before and after a boot, or why it cannot be compared. */
export type ComparedDefinition = { before: Definition; after: Definition } | { problem: string };

/** The two as compared; what could not be told before or after, and is a text, is not compared. */
export function compared(
  before: Definition | string,
  after: Definition | string,
): ComparedDefinition {
  if (typeof before === 'string') return { problem: before };
  if (typeof after === 'string') return { problem: after };
  return { before, after };
}

const SEPARATOR = '\n';

/** The key of a part: names from the outermost to the innermost. */
export function partKey(...names: readonly string[]): string {
  return names.map((each) => each.replaceAll(SEPARATOR, ' ')).join(SEPARATOR);
}

/** The first of the names that a key is made of. */
export function outermost(key: string): string {
  return key.split(SEPARATOR, 1)[0] ?? '';
}

/** Whether a key stands for a part: the part itself or one that it is within. */
export function isWithin(key: string, outer: string): boolean {
  return key === outer || key.startsWith(outer + SEPARATOR);
}

/** Adds a text to a part; a part may be printed in several pieces. */
export function addPart(
  definition: Map<string, DefinitionPart>,
  key: string,
  { name, text }: DefinitionPart,
): void {
  const known = definition.get(key);
  definition.set(key, known ? { name, text: `${known.text}\n${text}` } : { name, text });
}
