import { z } from 'zod';
import { type ElementPart, type PathPart, readJsonSteps } from './answer-path.ts';
import { refuse } from './values.ts';

/** The path to one value in JSON. */
export type ValuePath = readonly (ElementPart | Extract<PathPart, { kind: 'key' }>)[];

/**
 * A path such as `$.series[0].pointlist[-1][1]`: keys, and elements counted from the beginning or,
 * if negative, from the end.
 */
export const valuePath = z
  .string()
  .max(500)
  .transform((text, context): ValuePath => {
    const steps = text.startsWith('$') ? (readJsonSteps(text) ?? []) : [];
    const path = steps.filter((step) => step.kind === 'key' || step.kind === 'element');
    if (path.length === steps.length && (path.length > 0 || text === '$')) return path;
    return refuse(context, 'is not the path of one value, such as $.series[0].pointlist[-1][1]');
  });

/** The value at a path; `undefined` if there is none. */
export function valueAt(value: unknown, path: ValuePath): unknown {
  return path.reduce<unknown>((from, step) => {
    if (step.kind === 'element') return Array.isArray(from) ? from.at(step.index) : undefined;
    const isObject = typeof from === 'object' && from !== null && !Array.isArray(from);
    return isObject && Object.hasOwn(from, step.name)
      ? (from as Record<string, unknown>)[step.name]
      : undefined;
  }, value);
}
