import { z } from 'zod';
import { formatDuration, parseDuration } from './duration.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 366 * 24 * HOUR_MS;

/** A problem, and its place in canary.yaml. */
export interface Problem {
  path: readonly PropertyKey[];
  text: string;
}

/** Reports a problem of a value, or of something in it. */
export function refuse(context: z.RefinementCtx, text: string, path: readonly PropertyKey[] = []) {
  context.addIssue({ code: 'custom', message: text, path: [...path] });
  return z.NEVER;
}

export const port = z.number().int().min(1).max(65_535);

/** The service names that Compose allows. */
export const serviceName = z
  .string()
  .regex(/^[a-zA-Z0-9._-]+$/, 'is not a service name')
  // Every object of JavaScript has these names.
  .refine((name) => !(name in {}), 'is a name that canary cannot use');

/** The name of a header in canary's own requests, or in the responses to them. */
export const headerName = z.string().regex(/^[A-Za-z0-9_-]{1,100}$/, 'is not a header name');

/** One line of text: it becomes a word in the proxy's configuration, or in the override. */
export function line(longest: number) {
  return z
    .string()
    .min(1)
    .max(longest)
    .regex(/^\P{Cc}*$/u, 'has control characters or line breaks');
}

/** A list; a single element may be written without the list. */
export function listed<T extends z.ZodType>(list: T) {
  const asList = (value: unknown) =>
    Array.isArray(value) || value === undefined ? value : [value];
  return z.preprocess(asList, list);
}

/** The same for texts. */
export function listedTexts<T extends z.ZodType>(list: T) {
  return z.preprocess((value) => (typeof value === 'string' ? [value] : value), list);
}

/**
 * A duration in milliseconds, within limits. `error`: the message for a value that is not a text.
 */
export function duration(problem: string, least: number, most: number, error?: string) {
  return z
    .string(error)
    .refine((text) => {
      const ms = parseDuration(text);
      return ms !== undefined && ms >= least && ms <= most;
    }, problem)
    .transform((text) => parseDuration(text) ?? 0);
}

const HOLDING = 'is not a duration such as 30s, 5m or 14d';

/** How long something lasts; limited, so that its end is a valid time. */
export const holding = duration(
  `${HOLDING}, of at most 366 days`,
  Number.MIN_VALUE,
  YEAR_MS,
  HOLDING,
);

/** An interval or a time limit: long enough to be practical, short enough for a timer. */
export function period(least: number, most: number) {
  const problem = `is not a duration such as 10s, from ${formatDuration(least)} to ${formatDuration(most)}`;
  return duration(problem, least, most, problem);
}

/** A time of at least `least` milliseconds and at most an hour. */
export function span(least: number, example: string) {
  const problem = `is not a duration such as ${example}, of at most 1h`;
  return duration(problem, least, HOUR_MS, problem);
}

/** A share as people write it, in percent. `error`: the message for a value that is not a text. */
export function share(form: RegExp, problem: string, error?: string) {
  return z
    .string(error)
    .regex(form, problem)
    .transform((text) => Number.parseFloat(text))
    .refine((percent) => percent <= 100, 'is more than 100%');
}

const NOT_A_SHARE = 'is not a share such as 0.5%';

export const percentage = share(/^(100|\d{1,2})(\.\d{1,3})? ?%$/, NOT_A_SHARE, NOT_A_SHARE);

/**
 * `true` stands for all defaults of the fields. Reports the problems of the fields themselves: a
 * union would hide them.
 */
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
