/** One step into a response: a key (in HTML: an element), any key, or the elements of an array. */
export type PathPart =
  | { readonly kind: 'key'; readonly name: string }
  | { readonly kind: 'any' }
  | { readonly kind: 'elements' };

/**
 * One element of an array, counted from 0, or from the end if negative. Shapes have no such step:
 * all their elements are one.
 */
export interface ElementPart {
  readonly kind: 'element';
  readonly index: number;
}

/** A place in a response: `$.items[].price` in JSON, `main > form > input[name=q]` in HTML. */
export interface AnswerPath {
  readonly body: 'json' | 'html';
  readonly parts: readonly PathPart[];
}

export const ELEMENTS: PathPart = { kind: 'elements' };
export const ANY: PathPart = { kind: 'any' };

/** The elements that every page has. */
export const PAGE_PARTS: ReadonlySet<string> = new Set(['html', 'head', 'body']);

const JSON_STEP =
  /\[\*?\]|\.\*|\.([\p{L}_][\p{L}\p{N}_-]*)|\[("(?:[^"\\]|\\.)*")\]|\['([^']*)'\]|\[(-?\d{1,6})\]/uy;
const HTML_STEP = /^[a-z][a-z0-9-]*(#[^\s>#[\]]+)?(\[name=[^\s>]+\])?$/;

/**
 * Reads a path in the notation of printed differences, or as people write it: `[*]` equals `[]`,
 * keys may be in single quotes. `undefined` if it is not a path. A single bare word is not a path:
 * it is more likely a key without its `$.` than an element.
 */
export function readAnswerPath(text: string): AnswerPath | undefined {
  if (text.startsWith('$')) return readJsonPath(text);
  const steps = text.split(' > ');
  if (/^[a-z0-9-]*$/.test(text) && !PAGE_PARTS.has(text)) return undefined;
  if (!steps.every((step) => step === '*' || HTML_STEP.test(step))) return undefined;
  const parts = steps.map((step) => (step === '*' ? ANY : key(step)));
  return { body: 'html', parts: belowPage(parts) };
}

/** Every page has `html > body`: paths begin below them. */
export function belowPage(parts: readonly PathPart[]): readonly PathPart[] {
  const rest = isElement(parts[0], 'html') && parts.length > 1 ? parts.slice(1) : parts;
  return isElement(rest[0], 'body') && rest.length > 1 ? rest.slice(1) : rest;
}

function readJsonPath(text: string): AnswerPath | undefined {
  const parts = readJsonSteps(text);
  if (!parts?.every((part) => part.kind !== 'element')) return undefined;
  return { body: 'json', parts };
}

/** The steps of a JSON path after its `$`; `undefined` if it is invalid. */
export function readJsonSteps(text: string): (PathPart | ElementPart)[] | undefined {
  const parts: (PathPart | ElementPart)[] = [];
  const pattern = new RegExp(JSON_STEP);
  pattern.lastIndex = 1;
  while (pattern.lastIndex < text.length) {
    const step = pattern.exec(text);
    if (!step) return undefined;
    const [whole, plain, doubleQuoted, singleQuoted, index] = step;
    const name = plain ?? singleQuoted ?? unquote(doubleQuoted);
    if (name !== undefined) parts.push(key(name));
    else if (index !== undefined) parts.push({ kind: 'element', index: Number(index) });
    else if (doubleQuoted !== undefined) return undefined;
    else parts.push(whole === '.*' ? ANY : ELEMENTS);
  }
  return parts;
}

function unquote(quoted: string | undefined): string | undefined {
  if (quoted === undefined) return undefined;
  try {
    return String(JSON.parse(quoted));
  } catch {
    return undefined;
  }
}

function key(name: string): PathPart {
  return { kind: 'key', name };
}

function isElement(part: PathPart | undefined, name: string): boolean {
  return part?.kind === 'key' && part.name === name;
}
