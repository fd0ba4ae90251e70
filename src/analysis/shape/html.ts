import { Parser } from 'htmlparser2';
import { type Draft, draftKey, finishDraft, newDraft } from './draft.ts';
import { maskIds } from './ids.ts';
import { DEEPEST, type Reading } from './reading.ts';

const FIELDS: ReadonlySet<string> = new Set([
  'form',
  'input',
  'select',
  'textarea',
  'button',
  'fieldset',
  'output',
]);
/** Images: their content is data. */
const LEAVES: ReadonlySet<string> = new Set(['svg', 'math']);
/** What a page shows when a program had no value. */
const BLANK = /\b(?:undefined|NaN)\b|\[object Object\]/g;
/** The text of these elements is code. */
const CODE: ReadonlySet<string> = new Set(['script', 'style', 'template']);
/**
 * The parser searches the open elements for the start of an element that closes; checking the depth
 * between chunks limits this cost.
 */
const CHUNK = 4096;

/** An open element: the draft of all elements like it, and which children this one has. */
interface Open {
  readonly draft: Draft;
  readonly children: Set<string>;
}

/**
 * The shape of a page: an element is an object whose keys are its children (tag, id, name of a form
 * field); equal siblings count as one. Text and other attributes are ignored, except words that
 * show that a value is missing.
 */
export function readHtml(text: string): Reading {
  const root = newDraft();
  const open: Open[] = [enter(root)];
  const blanks = new Set<string>();
  let isDeep = false;
  let leaf = 0;
  let code = 0;
  const parser = new Parser({
    onopentag(tag, attributes) {
      const parent = open.at(-1);
      if (CODE.has(tag)) code += 1;
      if (leaf > 0 || LEAVES.has(tag)) leaf += 1;
      isDeep ||= open.length + leaf > DEEPEST;
      if (leaf > 1 || isDeep || !parent) return;
      open.push(enter(child(parent, labelOf(tag, attributes))));
    },
    ontext(words) {
      if (code === 0) for (const [word] of words.matchAll(BLANK)) blanks.add(word);
    },
    onclosetag(tag) {
      if (CODE.has(tag)) code -= 1;
      if (leaf > 0) leaf -= 1;
      if (leaf === 0 && !isDeep) open.pop();
    },
  });
  for (let at = 0; at < text.length && !isDeep; at += CHUNK)
    parser.write(text.slice(at, at + CHUNK));
  if (isDeep) return { state: 'unread', why: 'deep' };
  parser.end();
  return isDeep
    ? { state: 'unread', why: 'deep' }
    : { state: 'read', shape: finishDraft(root), blanks };
}

function enter(draft: Draft): Open {
  draft.objects += 1;
  return { draft, children: new Set() };
}

/** The draft of a child; a second child like it counts as the same one. */
function child({ draft, children }: Open, label: string): Draft {
  const known = children.has(label) ? draft.keys.get(label) : undefined;
  children.add(label);
  return known?.draft ?? draftKey(draft, label);
}

function labelOf(tag: string, { id, name }: Record<string, string>): string {
  // Text that happens to follow a `<` is not an element name, and is never printed.
  const element = /^[a-z][a-z0-9-]{0,30}$/.test(tag) ? tag : 'unknown';
  const landmark = id && maskIds(id.replace(/[[\]]/g, '-'));
  const field = name && FIELDS.has(tag) && maskIds(name);
  return `${element}${landmark ? `#${landmark}` : ''}${field ? `[name=${field}]` : ''}`;
}
