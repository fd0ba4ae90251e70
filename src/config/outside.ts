import { z } from 'zod';
import { parseDuration } from './duration.ts';
import { placeProblem } from './placeholders.ts';

const LONGEST_MS = 3_600_000;

/** A time of at least `shortest` milliseconds and at most an hour. */
export function span(shortest: number, example: string) {
  const problem = `is not a duration such as ${example}, of at most 1h`;
  const isFitting = (text: string) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms >= shortest && ms <= LONGEST_MS;
  };
  return z
    .string({ error: problem })
    .refine(isFitting, problem)
    .transform((text) => parseDuration(text) ?? 0);
}

/** How long a program or a server may take. */
export const timeout = (ms: number) => span(1, '10s').default(ms);

/** A text whose `{{…}}` are known. */
export const filled = z
  .string()
  .min(1)
  .max(5000)
  .superRefine((text, context) => {
    const problem = placeProblem(text);
    if (problem) context.addIssue({ code: 'custom', message: problem });
  });

/** An address; `${NAME}` in it comes from the environment. */
export const url = filled.regex(
  /^(https?:\/\/|\$\{[A-Za-z_][A-Za-z0-9_]*\})[^\s\p{Cc}]*$/u,
  'is not an address that begins with http://, https:// or a variable of the environment',
);

/** Headers of a request; `${NAME}` in their values comes from the environment. */
export const headers = z.record(
  z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not a header name'),
  z.string({ error: 'is not a text' }).regex(/^\P{Cc}*$/u, 'has control characters'),
);

const NOT_ARGUMENTS = 'is not a list of a program and its arguments; no shell reads it';

/** A program and its arguments, run as they are: no shell reads them. */
export const argv = z
  .array(z.string({ error: NOT_ARGUMENTS }).regex(/^[^\0]*$/, 'has a null character'), {
    error: NOT_ARGUMENTS,
  })
  .min(1, NOT_ARGUMENTS)
  .max(100)
  .refine(([program]) => program !== '', NOT_ARGUMENTS);

/** Refuses what neither runs a program nor asks a server, or does both. */
export function requireErrand(
  errand: { run?: unknown; headers?: unknown; expect?: unknown } & Record<string, unknown>,
  web: 'get' | 'post',
  context: z.RefinementCtx,
): void {
  const { run, headers, expect } = errand;
  const asks = errand[web] !== undefined;
  const problem =
    run && asks
      ? `has both \`run\` and \`${web}\`: make it two`
      : !run && !asks
        ? `has neither \`run\` nor \`${web}\``
        : run && (headers || expect)
          ? `has settings of \`${web}\` beside \`run\``
          : undefined;
  if (problem) context.addIssue({ code: 'custom', message: problem });
}
