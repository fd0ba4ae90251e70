import fc from 'fast-check';
import { looksLikeId } from '../../src/analysis/shape/ids.ts';
import { ELEMENTS, type PathPart } from '../../src/config/values/answer-path.ts';

/** What a service answers: only the structure, from which answers with other values are made. */
export type Schema =
  | { kind: 'string' }
  | { kind: 'number' }
  | { kind: 'boolean' }
  | { kind: 'array'; of: Schema }
  | { kind: 'object'; keys: readonly (readonly [name: string, value: Schema])[] };

/** A key of a schema: its position, and a function that replaces it. */
export interface Place {
  parts: readonly PathPart[];
  name: string;
  value: Schema;
  siblings: readonly string[];
  /** The schema with other keys in place of this one. */
  replace: (keys: readonly (readonly [string, Schema])[]) => Schema;
}

/** Marks every text of an answer, so that it is found wherever it should not be. */
export const MARK = '¤secret¤';

export const name = fc
  .oneof(
    fc.constantFrom('id', 'name', 'code', 'value', 'items', 'a b', 'ключ', '__proto__', '"', ''),
    fc.string({ maxLength: 12 }),
  )
  .filter((key) => !looksLikeId(key));

export const schema: fc.Arbitrary<Schema> = fc.letrec<{ schema: Schema; object: Schema }>(
  (tie) => ({
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.constantFrom('string', 'number', 'boolean').map((kind) => ({ kind }) as Schema),
      tie('schema').map((of) => ({ kind: 'array', of }) as Schema),
      tie('object'),
    ),
    object: fc
      .uniqueArray(fc.tuple(name, tie('schema')), { selector: ([key]) => key, maxLength: 5 })
      .map((keys) => ({ kind: 'object', keys }) as Schema),
  }),
).schema;

/** An answer of a schema: any values, any order of keys, one or more elements in every array. */
export function answerOf(of: Schema): fc.Arbitrary<unknown> {
  if (of.kind === 'string') return fc.string().map((text) => `${MARK}${text}`);
  if (of.kind === 'number') return fc.double({ min: 1000, max: 1e9, noNaN: true });
  if (of.kind === 'boolean') return fc.boolean();
  if (of.kind === 'array') return fc.array(answerOf(of.of), { minLength: 1, maxLength: 4 });
  return inAnyOrder(of.keys.map(([key, value]) => [key, answerOf(value)]));
}

/** The same structure with other values: other scalars, repeated and reordered elements, reordered keys. */
export function scrambled(value: unknown): fc.Arbitrary<unknown> {
  if (typeof value === 'string') return fc.string();
  if (typeof value === 'number') return fc.double({ noNaN: true, noDefaultInfinity: true });
  if (typeof value === 'boolean') return fc.boolean();
  if (Array.isArray(value)) return scrambledArray(value);
  if (typeof value !== 'object' || value === null) return fc.constant(value);
  return inAnyOrder(Object.entries(value).map(([key, each]) => [key, scrambled(each)]));
}

/** Every key of a schema. */
export function placesIn(of: Schema, parts: readonly PathPart[] = []): Place[] {
  if (of.kind === 'array')
    return placesIn(of.of, [...parts, ELEMENTS]).map((place) => ({
      ...place,
      replace: (keys) => ({ kind: 'array', of: place.replace(keys) }),
    }));
  if (of.kind !== 'object') return [];
  const siblings = of.keys.map(([key]) => key);
  return of.keys.flatMap(([key, value], index) => {
    const replace: Place['replace'] = (keys) => ({
      ...of,
      keys: of.keys.toSpliced(index, 1, ...keys),
    });
    const below = placesIn(value, [...parts, { kind: 'key', name: key }]).map((place) => ({
      ...place,
      replace: (keys: Parameters<Place['replace']>[0]) => replace([[key, place.replace(keys)]]),
    }));
    return [{ parts, name: key, value, siblings, replace }, ...below];
  });
}

/** Another type for a value. */
export function retyped(value: Schema): Schema {
  return value.kind === 'string' ? { kind: 'number' } : { kind: 'string' };
}

/** An object with these keys in any order. */
function inAnyOrder(keys: readonly [string, fc.Arbitrary<unknown>][]): fc.Arbitrary<object> {
  return fc
    .tuple(...keys.map(([key, value]) => value.map((each): [string, unknown] => [key, each])))
    .chain((entries) => fc.shuffledSubarray(entries, { minLength: entries.length }))
    .map((entries) => Object.fromEntries(entries));
}

function scrambledArray(values: readonly unknown[]): fc.Arbitrary<unknown[]> {
  return fc
    .tuple(...values.flatMap((each) => [scrambled(each), scrambled(each)]))
    .chain((all) =>
      // One of each pair, and some of the others.
      fc
        .shuffledSubarray(all.filter((_, index) => index % 2 === 1))
        .map((again) => [...all.filter((_, index) => index % 2 === 0), ...again]),
    )
    .chain((all) => fc.shuffledSubarray(all, { minLength: all.length }));
}
