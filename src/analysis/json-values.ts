import type { AnswerPath, PathPart } from '../config/values/answer-path.ts';

/** Every value at a path in a JSON value; none if the path does not exist. */
export function valuesAt(value: unknown, { parts }: AnswerPath): unknown[] {
  return parts.reduce<unknown[]>(
    (found, part) => found.flatMap((each) => step(each, part)),
    [value],
  );
}

function step(value: unknown, part: PathPart): unknown[] {
  if (typeof value !== 'object' || value === null) return [];
  if (part.kind === 'elements') return Array.isArray(value) ? value : [];
  if (Array.isArray(value)) return [];
  if (part.kind === 'any') return Object.values(value);
  return Object.hasOwn(value, part.name) ? [(value as Record<string, unknown>)[part.name]] : [];
}

/** Whether two JSON values are the same, whatever the order of keys. */
export function isSameJson(one: unknown, other: unknown): boolean {
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) return one === other;
  if (Array.isArray(one) !== Array.isArray(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every(
      (key) =>
        Object.hasOwn(other, key) && isSameJson(Reflect.get(one, key), Reflect.get(other, key)),
    )
  );
}
