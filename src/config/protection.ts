import { z } from 'zod';
import { share, switchable } from './values.ts';

/** Nothing that HAProxy would read as more than the beginning of a path. */
const path = z
  .string()
  .max(500)
  .regex(/^\/[A-Za-z0-9._~/-]*$/, 'is not the beginning of a path such as /api');

/** Answers failed requests of the canary by the stable. */
export const shield = switchable(
  z.strictObject({
    /** Share of the canary's requests that the stable answers in its place, at most. */
    maxShare: share(/^(100|\d{1,2})(\.\d{1,2})? ?%$/, 'is not a share such as 20%').default(20),
    /** Beginnings of the paths it is for; every path when there are none. */
    paths: z.array(path).default([]),
  }),
);

/** Takes a failing canary out. */
export const breaker = switchable(
  z.strictObject({
    /** Failures in a row until the canary is taken out. */
    failures: z.number().int().min(1).max(1000).default(5),
    /** Beginnings of the paths whose failures count; every path when there are none. */
    paths: z.array(path).default([]),
  }),
);
