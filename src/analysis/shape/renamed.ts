import type { Member, ValueShape } from './value.ts';

type Keyed = readonly [name: string, member: Member];

/**
 * The missing keys of an object that an allowed new key replaces. An allowed new key (`isMeant`)
 * excuses a missing key if their values have the same shape and no other key of the object, missing
 * or new, has that shape.
 */
export function replacedKeys(
  gone: readonly Keyed[],
  fresh: readonly Keyed[],
  isMeant: (name: string) => boolean,
  isAlike: (stable: ValueShape, canary: ValueShape) => boolean,
): ReadonlySet<string> {
  const replaced = new Set<string>();
  for (const [name, { shape }] of fresh) {
    if (!isMeant(name)) continue;
    const [before, otherBefore] = gone.filter(([, old]) => isAlike(old.shape, shape));
    if (!before || otherBefore) continue;
    const [, oldMember] = before;
    const successors = fresh.filter(([, each]) => isAlike(oldMember.shape, each.shape));
    if (successors.length === 1) replaced.add(before[0]);
  }
  return replaced;
}
