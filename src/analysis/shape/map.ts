import { mergeAll, type ObjectShape, typesOf, type ValueShape } from './value.ts';

const MANY_KEYS = 20;

/**
 * Whether the keys of an object are data: they vary between the stable's own responses while their
 * values are alike, and either no key is always present or there are many keys.
 */
export function isMap({ keys }: ObjectShape): boolean {
  const members = [...keys.values()];
  const varying = members.filter(({ isAlways }) => !isAlways).length;
  if (varying < 2 && members.length < MANY_KEYS) return false;
  if (varying === 0 || (varying < members.length && members.length < MANY_KEYS)) return false;
  return areAlike(members.map(({ shape }) => shape));
}

/** The merged shape of all values of an object; `undefined` if it has none. */
export function valuesOf({ keys, ids }: ObjectShape): ValueShape | undefined {
  const shapes = [...keys.values()].map(({ shape }) => shape);
  if (ids) shapes.push(ids);
  return shapes.length > 0 ? mergeAll(shapes) : undefined;
}

/** Whether all are of one type; objects must also have a key in common, or no keys at all. */
function areAlike(shapes: readonly ValueShape[]): boolean {
  const known = shapes.filter((shape) => typesOf(shape).length > 0);
  if (new Set(known.map((shape) => typesOf(shape).join())).size > 1) return false;
  const [first, ...others] = known.flatMap(({ object }) => (object ? [object] : []));
  if (!first || first.keys.size === 0) return others.every(({ keys }) => keys.size === 0);
  return [...first.keys.keys()].some((name) => others.every(({ keys }) => keys.has(name)));
}
