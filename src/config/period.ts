import { z } from 'zod';
import { parseDuration } from './duration.ts';

/** How often, or within what time, something is done: long enough to be done at all, short enough for a timer. */
export function period(shortest: string, longest: string) {
  const message = `is not a duration such as 10s, from ${shortest} to ${longest}`;
  return z
    .string({ error: message })
    .refine((text) => {
      const ms = parseDuration(text) ?? 0;
      return ms >= (parseDuration(shortest) ?? 0) && ms <= (parseDuration(longest) ?? 0);
    }, message)
    .transform((text) => parseDuration(text) ?? 0);
}
