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
    /** The maximum share of the canary's requests that the stable answers instead. */
    maxShare: share(/^(100|\d{1,2})(\.\d{1,2})? ?%$/, 'is not a share such as 20%').default(20),
    /** Path prefixes it applies to; every path if empty. */
    paths: z.array(path).default([]),
  }),
);

/** Takes a failing canary out of traffic. */
export const breaker = switchable(
  z.strictObject({
    /** Failures in a row after which the canary is taken out. */
    failures: z.number().int().min(1).max(1000).default(5),
    /** Path prefixes whose failures count; every path if empty. */
    paths: z.array(path).default([]),
  }),
);
