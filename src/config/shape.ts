import { z } from 'zod';
import { allow } from './allow.ts';
import { period } from './period.ts';

const pathBeginning = z.string().max(500).regex(/^\//, 'does not begin with /');

const fields = z.strictObject(
  {
    /** Changes that are meant. */
    allow: allow.default([]),
    /** Beginnings of the paths that are never asked again. */
    exclude: z.array(pathBeginning).max(100).default([]),
    /** How often a request of a user is sent to both sides. */
    every: period('1s', '1h').default(1000),
  },
  {
    error: ({ code }) =>
      code === 'invalid_type'
        ? 'is not `true`, `false`, or settings: `allow`, `exclude`, `every`'
        : undefined,
  },
);

export type ShapeSettings = z.output<typeof fields>;

/** Whether the answers of both sides are compared, and how: what users GET is sent to both once more. */
export const shape = z
  .preprocess(
    (value) => (value === true ? {} : value === false ? undefined : value),
    fields.optional(),
  )
  .transform((settings): ShapeSettings | false => settings ?? false);
