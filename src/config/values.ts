import { z } from 'zod';
import { parseDuration } from './duration.ts';

const LONGEST_MS = 366 * 86_400_000;

/** How long something is held; a clock must be able to tell its end. In milliseconds. */
export const holding = z
  .string({ error: 'is not a duration such as 30s, 5m or 14d' })
  .refine((text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms > 0 && ms <= LONGEST_MS;
  }, 'is not a duration such as 30s, 5m or 14d, of at most 366 days')
  .transform((text) => parseDuration(text) ?? 0);

/** A share as people write it, in percent. */
export const percentage = z
  .string({ error: 'is not a share such as 0.5%' })
  .regex(/^(100|\d{1,2})(\.\d{1,3})? ?%$/, 'is not a share such as 0.5%')
  .transform((text) => Number.parseFloat(text))
  .refine((percent) => percent <= 100, 'is more than 100%');

/** `true` stands for every default of the fields. Problems are those of the fields: a union would hide them. */
export function switchable<T extends z.ZodType>(fields: T) {
  return z.unknown().transform((value, context): false | z.output<T> => {
    if (value === false) return false;
    const result = fields.safeParse(value === true ? {} : value);
    if (result.success) return result.data;
    for (const issue of result.error.issues)
      context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
    return z.NEVER;
  });
}
