import { type Draft, draftKey, finishDraft, newDraft } from './draft.ts';
import { looksLikeId } from './ids.ts';
import { DEEPEST, type Reading } from './reading.ts';

/** The shape of a JSON text: its keys and types, with all elements of an array as one. */
export function readJson(text: string): Reading {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch {
    return { state: 'invalid' };
  }
  const draft = newDraft();
  return note(draft, value, 0)
    ? { state: 'read', shape: finishDraft(draft) }
    : { state: 'unread', why: 'deep' };
}

/** Adds a value to the draft of its place; false if it is nested too deeply. */
function note(draft: Draft, value: unknown, depth: number): boolean {
  if (depth > DEEPEST) return false;
  if (value === null) draft.scalars.add('null');
  else if (typeof value === 'string') draft.scalars.add('string');
  else if (typeof value === 'number') draft.scalars.add('number');
  else if (typeof value === 'boolean') draft.scalars.add('boolean');
  else if (Array.isArray(value)) return noteArray(draft, value, depth);
  else if (typeof value === 'object') return noteObject(draft, value, depth);
  return true;
}

function noteArray(draft: Draft, values: readonly unknown[], depth: number): boolean {
  draft.elements ??= newDraft();
  const elements = draft.elements;
  return values.every((each) => note(elements, each, depth + 1));
}

function noteObject(draft: Draft, value: object, depth: number): boolean {
  draft.objects += 1;
  return Object.entries(value).every(([name, each]) =>
    note(looksLikeId(name) ? idsOf(draft) : draftKey(draft, name), each, depth + 1),
  );
}

function idsOf(draft: Draft): Draft {
  draft.ids ??= newDraft();
  return draft.ids;
}
