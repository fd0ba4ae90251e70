import type { AnswerPath } from '../../config/values/answer-path.ts';
import { type Answer, type AnswerShape, type BodyShape, mergeShapes, shapeOf } from './answer.ts';
import { compareValues } from './compare-values.ts';
import { type Difference, difference } from './difference.ts';
import type { Unread } from './reading.ts';

/** At least two: what differs between them is noise. */
export type StableAnswers = readonly [Answer, Answer, ...Answer[]];
export type CanaryAnswers = readonly [Answer, ...Answer[]];

export interface ShapeComparison {
  readonly differences: readonly Difference[];
  /** Whether there is a breaking difference; additive differences alone are no failure. */
  readonly isBroken: boolean;
  /**
   * Why bodies were left out, so that only status and content type were compared; empty if all were
   * compared.
   */
  readonly unread: readonly Unread[];
}

/**
 * Compares the structure of the stable's and the canary's responses to the same GET. What also
 * differs between the stable's own responses is not a difference, nor is anything at or below an
 * `allowed` path (see `replacedKeys` for the key that an allowed one replaces).
 */
export function compareShapes(
  stableAnswers: StableAnswers,
  canaryAnswers: CanaryAnswers,
  allowed: readonly AnswerPath[] = [],
): ShapeComparison {
  const stable = stableAnswers.map(shapeOf).reduce(mergeShapes);
  const canary = canaryAnswers.map(shapeOf).reduce(mergeShapes);
  const differences = compareStatuses(stable, canary);
  const unread = new Set<Unread>();
  for (const [status, body] of canary.byStatus) {
    const before = stable.byStatus.get(status);
    if (!before) continue;
    differences.push(...compareBodies(before, body, allowed));
    for (const why of [...before.unread, ...body.unread]) unread.add(why);
  }
  const isBroken = differences.some(({ severity }) => severity === 'breaking');
  return { differences, isBroken, unread: [...unread].sort() };
}

function compareStatuses(stable: AnswerShape, canary: AnswerShape): Difference[] {
  const fresh = [...canary.byStatus.keys()].filter((status) => !stable.byStatus.has(status));
  return fresh.length > 0
    ? [difference('status', '', list(stable.byStatus.keys()), list(fresh))]
    : [];
}

function compareBodies(
  stable: BodyShape,
  canary: BodyShape,
  allowed: readonly AnswerPath[],
): Difference[] {
  const fresh = [...canary.mediaTypes].filter((type) => !stable.mediaTypes.has(type));
  if (fresh.length > 0)
    return [difference('content-type', '', typeNames(stable.mediaTypes), typeNames(fresh))];
  if (canary.isInvalid && !stable.isInvalid)
    return [difference('invalid', '', 'valid JSON', 'not valid JSON')];
  if (stable.unread.size > 0 || canary.unread.size > 0) return [];
  const blanks = allowed.some(isText)
    ? []
    : [...canary.blanks].filter((word) => !stable.blanks.has(word)).sort();
  return [
    ...blanks.map((word) => difference('blank', '', 'a value', word)),
    ...compareValues('json', stable.json, canary.json, allowed),
    ...compareValues('html', stable.html, canary.html, allowed),
  ];
}

/** Whether the path is `body > text`: the text of a page does not matter. */
function isText({ body, parts: [part, ...more] }: AnswerPath): boolean {
  return body === 'html' && more.length === 0 && part?.kind === 'key' && part.name === 'text';
}

function typeNames(mediaTypes: Iterable<string>): string {
  return list([...mediaTypes].map((type) => type || 'none'));
}

function list(names: Iterable<string | number>): string {
  return [...names].sort().join(' or ');
}
