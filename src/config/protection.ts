import { z } from 'zod';
import { switchable } from './values.ts';

const DEFAULT_SHARE = 20;
const DEFAULT_FAILURES = 5;

const share = z
  .string()
  .regex(/^(100|\d{1,2})(\.\d{1,2})? ?%$/, 'is not a share such as 20%')
  .transform((text) => Number.parseFloat(text))
  .refine((percent) => percent <= 100, 'is more than 100%');

/** Nothing that HAProxy would read as more than the beginning of a path. */
const path = z
  .string()
  .max(500)
  .regex(/^\/[A-Za-z0-9._~/-]*$/, 'is not the beginning of a path such as /api');

const shieldFields = z.strictObject({
  /** Share of the canary's requests that the stable answers in its place, at most. */
  maxShare: share.default(DEFAULT_SHARE),
  /** Beginnings of the paths it is for; every path when there are none. */
  paths: z.array(path).default([]),
});

const breakerFields = z.strictObject({
  /** Failures in a row until the canary is taken out. */
  failures: z.number().int().min(1).max(1000).default(DEFAULT_FAILURES),
  /** Beginnings of the paths whose failures count; every path when there are none. */
  paths: z.array(path).default([]),
});

/** Answers failed requests of the canary by the stable. */
export const shield = switchable(shieldFields);
/** Takes a failing canary out. */
export const breaker = switchable(breakerFields);
