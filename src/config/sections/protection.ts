import { z } from 'zod';
import { share, switchable } from '../values/values.ts';

/** Contains nothing that HAProxy would interpret as more than the beginning of a path. */
const path = z
  .string()
  .max(500)
  .regex(/^\/[A-Za-z0-9._~/-]*$/, 'is not the beginning of a path such as /api');

/** Lets the stable answer failed requests of the canary. */
export const shield = switchable(
  z.strictObject({
    maxShare: share(/^(100|\d{1,2})(\.\d{1,2})? ?%$/, 'is not a share such as 20%')
      .prefault('20%')
      .describe('The maximum share of the canary’s requests that the stable answers instead.'),
    paths: z.array(path).default([]).describe('Path prefixes it applies to; every path if empty.'),
  }),
);

/** Takes a failing canary out of traffic. */
export const breaker = switchable(
  z.strictObject({
    failures: z
      .number()
      .int()
      .min(1)
      .max(1000)
      .default(5)
      .describe('Failures in a row after which the canary is taken out.'),
    paths: z
      .array(path)
      .default([])
      .describe('Path prefixes whose failures count; every path if empty.'),
  }),
);
