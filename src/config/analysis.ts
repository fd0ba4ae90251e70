import { z } from 'zod';
import { checks } from './checks.ts';
import { shape } from './shape.ts';

/** How the canary is judged. */
export const analysis = z.strictObject({
  checks: checks.default([]),
  shape: shape.default(shape.parse(true)),
});

type Analysis = z.output<typeof analysis>;

/** Whether a canary is asked anything before its first user. */
export function hasChecks({ analysis: { checks, shape } }: { analysis: Analysis }): boolean {
  return checks.length > 0 || shape !== false;
}
