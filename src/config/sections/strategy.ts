import { z } from 'zod';
import { holding, type Problem, refuse } from '../values/values.ts';
import { written } from '../values/written.ts';
import { gates } from './outside.ts';

const NOT_A_WEIGHT = 'is not a weight from 0 to 100';

const plainWeight = z
  .number(NOT_A_WEIGHT)
  .refine((value) => value >= 0 && value <= 100, NOT_A_WEIGHT)
  .refine(
    (value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6,
    'is finer than steps of 0.01',
  );

const WITH_SIGN = /^\d{1,3}(\.\d{1,4})? ?%$/;

/** In percent: a number, or as other shares of canary.yaml are written, with a sign. */
const weight = z
  .preprocess(
    (value) =>
      typeof value === 'string' && WITH_SIGN.test(value) ? Number.parseFloat(value) : value,
    plainWeight,
  )
  .register(written, { as: z.union([plainWeight, z.string().regex(WITH_SIGN)]) });

const part = weight.refine((value) => value > 0 && value < 100, 'leaves one side without users');

const NOT_A_STEP = 'is not a step such as { weight: 10, for: 5m } or { pause: true }';

const step = z
  .strictObject(
    {
      weight: weight.optional().describe('The share of users, in percent.'),
      for: holding.optional().describe('The time until the next step.'),
      minimumRequests: z
        .number()
        .int()
        .min(1)
        .max(1_000_000_000)
        .optional()
        .describe('Requests the canary must have served in this step.'),
      gates: gates
        .optional()
        .describe('The gates that must be open before the step counts as done.'),
      pause: z
        .literal(true, 'is not `true`')
        .optional()
        .describe('Waits until the operator continues with `canary resume`.'),
    },
    { error: (issue) => (issue.code === 'invalid_type' ? NOT_A_STEP : undefined) },
  )
  .superRefine((each, context) => {
    if (each.pause && Object.keys(each).length > 1)
      refuse(context, 'is a weight or a pause, not both: make it two steps');
    else if (!each.pause && each.weight === undefined)
      refuse(context, 'has neither `weight` nor `pause`');
  });

/** The weights of `strategy: canary`, one after the other. */
export const steps = z
  .array(step)
  .max(100)
  .superRefine((all, context) => {
    for (const { path, text } of problemsOfSteps(all)) refuse(context, text, path);
  });

const KINDS = ['canary', 'blue-green', 'rolling', 'ab'] as const;
const NOT_A_STRATEGY = 'is not canary, blue-green, rolling or ab';

const strategyFields = z.strictObject(
  {
    canary: settings({}).describe('By `steps`; without any, only by `canary weight N`.'),
    'blue-green': settings({}).describe(
      'No users until `canary weight 100` moves all of them at once.',
    ),
    rolling: settings({
      for: holding.prefault('1m').describe('How long each step is held.'),
    }).describe('Each step adds one container of each service.'),
    ab: settings({
      weight: part.default(50).describe('The share of users on the canary, in percent.'),
      for: holding.prefault('14d').describe('How long both sides are compared.'),
    }).describe('One share of users for a fixed time; then both sides are compared.'),
  },
  { error: (issue) => (issue.code === 'invalid_type' ? NOT_A_STRATEGY : undefined) },
);

/** A strategy's name alone, or with its settings. */
export const strategy = z
  .preprocess(
    (value) => (KINDS.some((kind) => kind === value) ? { [value as string]: {} } : value),
    strategyFields
      .refine(
        (value) => Object.values(value).filter(Boolean).length === 1,
        'must name exactly one strategy',
      )
      .transform(({ rolling, ab, ...rest }): Strategy => {
        if (rolling) return { kind: 'rolling', ...rolling };
        if (ab) return { kind: 'ab', ...ab };
        return { kind: rest['blue-green'] ? 'blue-green' : 'canary' };
      }),
  )
  .register(written, { as: z.union([z.enum(KINDS), strategyFields]) });

export type Strategy =
  | { kind: 'canary' }
  | { kind: 'blue-green' }
  | { kind: 'rolling'; for: number }
  | { kind: 'ab'; weight: number; for: number };

function settings<T extends z.ZodRawShape>(shape: T) {
  const fields = z.strictObject(shape);
  return z
    .preprocess((value) => (value === null ? {} : value), fields.optional())
    .register(written, { as: fields.nullable() });
}

function problemsOfSteps(all: readonly z.output<typeof step>[]): Problem[] {
  const problems: Problem[] = [];
  let highest = -1;
  for (const [index, each] of all.entries()) {
    if (each.weight === undefined) continue;
    if (each.weight <= highest)
      problems.push({
        path: [index, 'weight'],
        text: `is not above ${highest}: weights rise from step to step`,
      });
    highest = Math.max(highest, each.weight);
    const next = all[index + 1];
    if (each.for === undefined && next && !next.pause)
      problems.push({ path: [index], text: 'needs `for`, or a `pause` after it' });
  }
  if (all.length > 0 && highest < 0) problems.push({ path: [], text: 'have no weight' });
  return problems;
}
