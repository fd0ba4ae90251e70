import { z } from 'zod';
import { DURATION, formatDuration, parseDuration } from './duration.ts';
import { wordsOf } from './words.ts';
import { written } from './written.ts';

const HOUR_MS = 3_600_000;
const YEAR_MS = 366 * 24 * HOUR_MS;

/** A problem, and its place in canary.yaml. */
export interface Problem {
  path: readonly PropertyKey[];
  text: string;
  /** The name itself is the problem, not the value behind it. */
  isName?: boolean;
}

/** Reports a problem of a value, or of something in it. */
export function refuse(context: z.RefinementCtx, text: string, path: readonly PropertyKey[] = []) {
  context.addIssue({ code: 'custom', message: text, path: [...path] });
  return z.NEVER;
}

const NOT_A_PORT = 'is not a port, a whole number from 1 to 65535';
export const port = z
  .int({
    error: ({ input }) =>
      typeof input === 'string' && /^\d{1,5}$/.test(input)
        ? `${NOT_A_PORT}: leave out the quotes`
        : NOT_A_PORT,
  })
  .min(1, NOT_A_PORT)
  .max(65_535, NOT_A_PORT);

const NOT_A_STATUS = 'is not a status such as 200';
/** The status of a response. */
export const status = z.int(NOT_A_STATUS).min(100, NOT_A_STATUS).max(599, NOT_A_STATUS);

const json = z.json();
/** Any value that JSON can say. */
export const anyJson = z
  .unknown()
  .transform((value, context) => {
    const result = json.safeParse(value);
    return result.success ? result.data : refuse(context, 'has a value that JSON cannot say');
  })
  .register(written, { is: { type: ['string', 'number', 'boolean', 'null', 'array', 'object'] } });

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
export function listed<T extends z.ZodArray>(list: T) {
  const asList = (value: unknown) =>
    Array.isArray(value) || value === undefined ? value : [value];
  const parsed = z.preprocess(asList, list);
  written.add(parsed as z.ZodType, { as: z.union([list.element, list]) });
  return parsed;
}

/** The same for texts. */
export function listedTexts<T extends z.ZodArray>(list: T) {
  const asList = (value: unknown) => (typeof value === 'string' ? [value] : value);
  const parsed = z.preprocess(asList, list);
  written.add(parsed as z.ZodType, { as: z.union([list.element, list]) });
  return parsed;
}

/**
 * A duration in milliseconds, within limits. `error`: the message for a value that is not a text.
 */
export function duration(problem: string, least: number, most: number, error = problem) {
  return z
    .string({ error: ({ input }) => withUnit(error, input, 's') })
    .refine((text) => {
      const ms = parseDuration(text);
      return ms !== undefined && ms >= least && ms <= most;
    }, problem)
    .meta({ pattern: DURATION.source })
    .transform((text) => parseDuration(text) ?? 0);
}

/** The message for a value whose unit is missing. */
function withUnit(problem: string, input: unknown, unit: string): string {
  return typeof input === 'number'
    ? `${problem}: ${input} has no unit, such as ${input}${unit}`
    : problem;
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
export function share(form: RegExp, problem: string, error = problem) {
  return z
    .string({ error: ({ input }) => withUnit(error, input, '%') })
    .regex(form, problem)
    .transform((text) => Number.parseFloat(text))
    .refine((percent) => percent <= 100, 'is more than 100%');
}

const NOT_A_SHARE = 'is not a share such as 0.5%';

export const percentage = share(/^(100|\d{1,2})(\.\d{1,3})? ?%$/, NOT_A_SHARE, NOT_A_SHARE);

/** A value, or `false` for none. */
export function orNone<T extends z.ZodType>(value: T) {
  const parsed = z.unknown().transform((given, context): false | z.output<T> => {
    return given === false ? false : passedOn(value, given, context);
  });
  return parsed.register(written, { as: z.union([z.literal(false), value]) });
}

/**
 * `true` stands for all defaults of the fields. Reports the problems of the fields themselves: a
 * union would hide them.
 */
export function switchable<T extends z.ZodObject>(fields: T) {
  const parsed = z.unknown().transform((value, context): false | z.output<T> => {
    return value === false ? false : passedOn(fields, value === true ? {} : value, context);
  });
  // The parser of `z.unknown()` alone would say that anything may be written.
  return parsed.register(written, { as: z.union([z.boolean(), fields]) });
}

/** What a schema makes of a value; its problems become those of the schema around it. */
function passedOn<T extends z.ZodType>(
  schema: T,
  value: unknown,
  context: z.core.$RefinementCtx,
): z.output<T> {
  const result = schema.safeParse(value, { error: wordsOf });
  if (result.success) return result.data;
  for (const issue of result.error.issues)
    context.issues.push({ ...issue, input: value } as z.core.$ZodRawIssue);
  return z.NEVER;
}
