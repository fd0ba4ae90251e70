export type Scalar = 'string' | 'number' | 'boolean' | 'null';

/**
 * What is known about the values at one place: every type that was seen, never a value. Shapes are
 * a join-semilattice: `NOTHING` is its bottom, `mergeValues` its join.
 */
export interface ValueShape {
  readonly scalars: ReadonlySet<Scalar>;
  readonly object: ObjectShape | undefined;
  /** The elements of all arrays together; `NOTHING` while every array was empty. */
  readonly elements: ValueShape | undefined;
}

export interface ObjectShape {
  readonly keys: ReadonlyMap<string, Member>;
  /** The shape of the values under keys that look like ids. */
  readonly ids: ValueShape | undefined;
}

export interface Member {
  readonly shape: ValueShape;
  /** Whether every object seen at this place has the key. */
  readonly isAlways: boolean;
}

/** No value was seen; compatible with any other shape. */
export const NOTHING: ValueShape = { scalars: new Set(), object: undefined, elements: undefined };

/** The combined shape of both. */
export function mergeValues(one: ValueShape, other: ValueShape): ValueShape {
  if (one === other || other === NOTHING) return one;
  if (one === NOTHING) return other;
  return {
    scalars: new Set([...one.scalars, ...other.scalars]),
    object: mergeDefined(one.object, other.object, mergeObjects),
    elements: mergeDefined(one.elements, other.elements, mergeValues),
  };
}

/**
 * The combined shape of all. Merges by halves, so that many shapes with different keys do not cost
 * quadratic time.
 */
export function mergeAll(shapes: readonly ValueShape[]): ValueShape {
  if (shapes.length <= 1) return shapes[0] ?? NOTHING;
  const middle = shapes.length >> 1;
  return mergeValues(mergeAll(shapes.slice(0, middle)), mergeAll(shapes.slice(middle)));
}

/** Every type of a shape except null, which may replace any type. */
export function typesOf({ scalars, object, elements }: ValueShape): string[] {
  const types: string[] = [...scalars].filter((scalar) => scalar !== 'null').sort();
  if (object) types.push('object');
  if (elements) types.push('array');
  return types;
}

export function isNullable({ scalars }: ValueShape): boolean {
  return scalars.has('null');
}

/** The types of a shape in words: `string or null`. */
export function namesOf(shape: ValueShape): string {
  const names = [...typesOf(shape), ...(isNullable(shape) ? ['null'] : [])];
  return names.length > 0 ? names.join(' or ') : 'unknown';
}

function mergeDefined<T>(
  one: T | undefined,
  other: T | undefined,
  merge: (one: T, other: T) => T,
): T | undefined {
  if (one === undefined) return other;
  return other === undefined ? one : merge(one, other);
}

function mergeObjects(one: ObjectShape, other: ObjectShape): ObjectShape {
  const keys = new Map<string, Member>();
  for (const name of new Set([...one.keys.keys(), ...other.keys.keys()])) {
    const [left, right] = [one.keys.get(name), other.keys.get(name)];
    keys.set(name, {
      shape: mergeValues(left?.shape ?? NOTHING, right?.shape ?? NOTHING),
      isAlways: left?.isAlways === true && right?.isAlways === true,
    });
  }
  return { keys, ids: mergeDefined(one.ids, other.ids, mergeValues) };
}
