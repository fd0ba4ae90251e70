import { ANY, type AnswerPath, ELEMENTS, type PathPart } from '../../config/values/answer-path.ts';
import { type Difference, type DifferenceKind, difference } from './difference.ts';
import { isMap, valuesOf } from './map.ts';
import { isAllowed, writePath } from './path.ts';
import { replacedKeys } from './renamed.ts';
import { isNullable, namesOf, type ObjectShape, typesOf, type ValueShape } from './value.ts';

interface Comparing {
  readonly allowed: readonly AnswerPath[];
  /** The differences of one object together, so that new keys are reported beside missing ones. */
  readonly groups: Difference[][];
}

/**
 * What the canary's values have that the stable's never had, and what they lack that the stable's
 * always had, except at `allowed` places. Objects with a breaking difference come first.
 */
export function compareValues(
  body: AnswerPath['body'],
  stable: ValueShape,
  canary: ValueShape,
  allowed: readonly AnswerPath[],
): Difference[] {
  const comparing: Comparing = { allowed, groups: [] };
  visit(comparing, { body, parts: [] }, stable, canary);
  const isBreaking = (group: Difference[]) => group.some(({ severity }) => severity === 'breaking');
  const breaking = comparing.groups.filter(isBreaking);
  const additive = comparing.groups.filter((group) => !isBreaking(group));
  return [...breaking, ...additive].flat();
}

function visit(
  comparing: Comparing,
  path: AnswerPath,
  stable: ValueShape | undefined,
  canary: ValueShape | undefined,
): void {
  if (!stable || !canary) return;
  const known = new Set(typesOf(stable));
  // A value that was always null, or an array that was always empty, may be anything elsewhere.
  if (known.size === 0) return;
  if (typesOf(canary).some((type) => !known.has(type))) {
    report(comparing, 'type', path, namesOf(stable), namesOf(canary));
    return;
  }
  if (isNullable(canary) && !isNullable(stable))
    report(comparing, 'nullness', path, namesOf(stable), namesOf(canary));
  if (stable.object && canary.object) visitObject(comparing, path, stable.object, canary.object);
  visit(comparing, below(path, ELEMENTS), stable.elements, canary.elements);
}

function visitObject(
  comparing: Comparing,
  path: AnswerPath,
  stable: ObjectShape,
  canary: ObjectShape,
): void {
  // The children of an HTML element are not data, however much they vary.
  if (path.body === 'json' && isMap(stable)) {
    visit(comparing, below(path, ANY), valuesOf(stable), valuesOf(canary));
    return;
  }
  comparing.groups.push(compareKeys(comparing.allowed, path, stable, canary));
  visit(comparing, below(path, ANY), stable.ids, canary.ids);
  for (const [name, { shape }] of stable.keys)
    visit(comparing, belowKey(path, name), shape, canary.keys.get(name)?.shape);
}

/** The missing keys of one object, then the new ones. */
function compareKeys(
  allowed: readonly AnswerPath[],
  path: AnswerPath,
  stable: ObjectShape,
  canary: ObjectShape,
): Difference[] {
  const isMeant = (name: string) => isAllowed(belowKey(path, name), allowed);
  const isAlike = (before: ValueShape, after: ValueShape) =>
    compareValues(path.body, before, after, []).length === 0;
  const names = (shape: ValueShape) => (path.body === 'html' ? 'element' : namesOf(shape));

  const missing = [...stable.keys].filter(
    ([name, { isAlways }]) =>
      isAlways && canary.keys.get(name)?.isAlways !== true && !isMeant(name),
  );
  const fresh = [...canary.keys].filter(([name]) => !stable.keys.has(name));
  const gone = missing.filter(([name]) => !canary.keys.has(name));
  const replaced = replacedKeys(gone, fresh, isMeant, isAlike);

  const found: Difference[] = [];
  for (const [name, { shape }] of missing) {
    if (replaced.has(name)) continue;
    const has = canary.keys.has(name) ? 'sometimes missing' : 'missing';
    found.push(difference('missing', writePath(belowKey(path, name)), names(shape), has));
  }
  for (const [name, { shape }] of fresh) {
    if (isMeant(name)) continue;
    found.push(difference('new', writePath(belowKey(path, name)), 'missing', names(shape)));
  }
  const ids = below(path, ANY);
  if (canary.ids && !stable.ids && !isAllowed(ids, allowed))
    found.push(difference('new', writePath(ids), 'missing', names(canary.ids)));
  return found;
}

function report(
  { allowed, groups }: Comparing,
  kind: DifferenceKind,
  path: AnswerPath,
  stable: string,
  canary: string,
): void {
  if (!isAllowed(path, allowed)) groups.push([difference(kind, writePath(path), stable, canary)]);
}

function below({ body, parts }: AnswerPath, part: PathPart): AnswerPath {
  return { body, parts: [...parts, part] };
}

function belowKey(path: AnswerPath, name: string): AnswerPath {
  return below(path, { kind: 'key', name });
}
