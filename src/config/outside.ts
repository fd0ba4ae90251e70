import { z } from 'zod';
import { placeProblem } from './placeholders.ts';
import { refuse, span } from './values.ts';

/** A text whose `{{…}}` are known. */
export const filled = z
  .string()
  .min(1)
  .max(5000)
  .superRefine((text, context) => {
    const problem = placeProblem(text);
    if (problem) refuse(context, problem);
  });

/** An address; `${NAME}` in it comes from the environment. */
export const url = filled.regex(
  /^(https?:\/\/|\$\{[A-Za-z_][A-Za-z0-9_]*\})[^\s\p{Cc}]*$/u,
  'is not an address that begins with http://, https:// or a variable of the environment',
);

/** Headers of a request; `${NAME}` in their values comes from the environment. */
export const headers = z.record(
  z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not a header name'),
  z.string('is not a text').regex(/^\P{Cc}*$/u, 'has control characters'),
);

const NOT_ARGUMENTS = 'is not a list of a program and its arguments; no shell reads it';

/** A program and its arguments, run as they are: no shell reads them. */
export const argv = z
  .array(z.string(NOT_ARGUMENTS).regex(/^[^\0]*$/, 'has a null character'), NOT_ARGUMENTS)
  .min(1, NOT_ARGUMENTS)
  .max(100)
  .refine(([program]) => program !== '', NOT_ARGUMENTS);

/** How long a program or a server may take. */
export const timeout = span(1, '10s');

/** A program that is run, or an address that is told; milliseconds that it may take. */
export type Hook =
  | { run: readonly string[]; timeout: number }
  | { post: string; headers: Readonly<Record<string, string>>; timeout: number };

const hook = z
  .strictObject({
    run: argv.optional(),
    post: url.optional(),
    headers: headers.optional(),
    timeout: timeout.optional(),
  })
  .superRefine((each, context) => requireErrand(each, 'post', context))
  .transform(
    ({ run, post = '', headers = {}, timeout }): Hook =>
      run ? { run, timeout: timeout ?? 60_000 } : { post, headers, timeout: timeout ?? 10_000 },
  );

const list = z.array(hook).max(20).default([]);

/** When hooks run on the way of a release. */
export type HookPhase = 'preDeploy' | 'postStep' | 'prePromote' | 'postPromote' | 'onRevert';

const phases: Record<HookPhase, typeof list> = {
  preDeploy: list,
  postStep: list,
  prePromote: list,
  postPromote: list,
  onRevert: list,
};

/** What is run or told on the way of a release. */
export const hooks = z.strictObject(phases);

/** A program whose exit code 0 opens it, or a server whose answer does; milliseconds that it may take. */
export type Gate =
  | { run: readonly string[]; timeout: number }
  | {
      get: string;
      headers: Readonly<Record<string, string>>;
      expect: { status: number };
      timeout: number;
    };

const gate = z
  .strictObject({
    run: argv.optional(),
    get: url.optional(),
    headers: headers.optional(),
    expect: z.strictObject({ status: z.number().int().min(100).max(599) }).optional(),
    timeout: timeout.optional(),
  })
  .superRefine((each, context) => requireErrand(each, 'get', context))
  .transform(
    ({ run, get = '', headers = {}, expect = { status: 200 }, timeout }): Gate =>
      run
        ? { run, timeout: timeout ?? 30_000 }
        : { get, headers, expect, timeout: timeout ?? 10_000 },
  );

/** What has to be open before a step counts as done. */
export const gates = z.array(gate).min(1).max(20);

/** Refuses what neither runs a program nor asks a server, or does both. */
function requireErrand(
  errand: { run?: unknown; headers?: unknown; expect?: unknown } & Record<string, unknown>,
  web: 'get' | 'post',
  context: z.RefinementCtx,
): void {
  const { run, headers, expect } = errand;
  const asks = errand[web] !== undefined;
  if (run && asks) refuse(context, `has both \`run\` and \`${web}\`: make it two`);
  else if (!run && !asks) refuse(context, `has neither \`run\` nor \`${web}\``);
  else if (run && (headers || expect)) refuse(context, `has settings of \`${web}\` beside \`run\``);
}
