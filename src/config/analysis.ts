import { z } from 'zod';
import { type Check, checks } from './checks.ts';
import { type ShapeSettings, shape } from './shape.ts';

/** How the canary is judged. */
export const analysis = z.strictObject({
  checks: checks.default([]),
  shape: shape.default(shape.parse(true)),
});

interface Judged {
  analysis: z.output<typeof analysis>;
}

/** The requests that the canary has to answer as expected. */
export function checksOf({ analysis: { checks } }: Judged): readonly Check[] {
  return checks;
}

/** How the answers of both sides are compared; false where they are not. */
export function shapeOf({ analysis: { shape } }: Judged): ShapeSettings | false {
  return shape;
}

/** Whether a canary is asked anything before its first user. */
export function hasChecks(config: Judged): boolean {
  return checksOf(config).length > 0 || shapeOf(config) !== false;
}
