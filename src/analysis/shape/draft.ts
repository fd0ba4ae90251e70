import type { Scalar, ValueShape } from './value.ts';

/**
 * A shape while its response is being read. It counts objects and keys, so that a long array costs
 * only its length: merging finished shapes for each element would copy every known key each time.
 */
export interface Draft {
  readonly scalars: Set<Scalar>;
  objects: number;
  readonly keys: Map<string, { count: number; readonly draft: Draft }>;
  ids: Draft | undefined;
  elements: Draft | undefined;
}

export function newDraft(): Draft {
  return { scalars: new Set(), objects: 0, keys: new Map(), ids: undefined, elements: undefined };
}

/** The draft of a key that one more object has. */
export function draftKey(parent: Draft, name: string): Draft {
  const known = parent.keys.get(name);
  if (known) {
    known.count += 1;
    return known.draft;
  }
  const draft = newDraft();
  parent.keys.set(name, { count: 1, draft });
  return draft;
}

export function finishDraft(draft: Draft): ValueShape {
  return {
    scalars: draft.scalars,
    object: draft.objects > 0 ? finishObject(draft) : undefined,
    elements: draft.elements && finishDraft(draft.elements),
  };
}

function finishObject({ objects, keys, ids }: Draft): ValueShape['object'] {
  const members = [...keys].map(
    ([name, { count, draft }]) =>
      [name, { shape: finishDraft(draft), isAlways: count === objects }] as const,
  );
  return { keys: new Map(members), ids: ids && finishDraft(ids) };
}
