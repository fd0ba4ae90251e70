import { z } from 'zod';
import { type AnswerPath, readAnswerPath } from '../values/answer-path.ts';
import { period, refuse } from '../values/values.ts';
import { written } from '../values/written.ts';

const place = z
  .string()
  .max(500)
  .transform((text, context): AnswerPath => {
    const problem = 'is not a path such as `$[].coupon`, `$.items[*].price` or `main > form`';
    return readAnswerPath(text) ?? refuse(context, problem);
  });

/** Intended changes of responses: what is at or below these paths is not a difference. */
export const allow = z.array(place).max(100);

const fields = z.strictObject(
  {
    allow: allow
      .prefault([])
      .describe('Intended changes, such as `$.items[].price` or `main > form`.'),
    exclude: z
      .array(z.string().max(500).regex(/^\//, 'does not begin with /'))
      .max(100)
      .default([])
      .describe('Path prefixes that are never requested again.'),
    every: period(1000, 3_600_000)
      .prefault('1s')
      .describe('How often a user’s request is sent to both sides.'),
  },
  {
    error: ({ code }) =>
      code === 'invalid_type'
        ? 'is not `true`, `false`, or settings: `allow`, `exclude`, `every`'
        : undefined,
  },
);

export type ShapeSettings = z.output<typeof fields>;

/**
 * Whether and how the responses of both sides are compared: users' GET requests are sent to both
 * sides once more.
 */
export const shape = z
  .preprocess(
    (value) => (value === true ? {} : value === false ? undefined : value),
    fields.optional(),
  )
  .register(written, { as: z.union([z.boolean(), fields]) })
  .transform((settings): ShapeSettings | false => settings ?? false);
