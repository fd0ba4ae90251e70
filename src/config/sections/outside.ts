import { z } from 'zod';
import { placeProblem } from '../values/placeholders.ts';
import { templateProblem } from '../values/template.ts';
import { refuse, span, status } from '../values/values.ts';

/** A text in which every `{{…}}` is a known placeholder. */
export const filled = z
  .string()
  .min(1)
  .max(5000)
  .superRefine((text, context) => {
    const problem = placeProblem(text);
    if (problem) refuse(context, problem);
  });

/** An address; `${NAME}` in it is replaced from the environment. */
export const url = filled.regex(
  /^(https?:\/\/|\$\{[A-Za-z_][A-Za-z0-9_]*\})[^\s\p{Cc}]*$/u,
  'is not an address that begins with http://, https:// or a variable of the environment',
);

/** Headers of a request; `${NAME}` in their values is replaced from the environment. */
export const headers = z.record(
  z.string().regex(/^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/, 'is not a header name'),
  z.string('is not a text').regex(/^\P{Cc}*$/u, 'has control characters'),
);

const NOT_ARGUMENTS = 'is not a list of a program and its arguments; no shell reads it';

/** A program and its arguments, run directly: no shell interprets them. */
export const argv = z
  .array(z.string(NOT_ARGUMENTS).regex(/^[^\0]*$/, 'has a null character'), NOT_ARGUMENTS)
  .min(1, NOT_ARGUMENTS)
  .max(100)
  .refine(([program]) => program !== '', NOT_ARGUMENTS);

/** A body with placeholders of these names. */
export function template(names: readonly string[]) {
  return z
    .string()
    .min(1)
    .max(20_000)
    .superRefine((text, context) => {
      const problem = templateProblem(text, names);
      if (problem) refuse(context, problem);
    });
}

/** How long a program or a server may take. */
export const timeout = span(1, '10s');

/** A program to run, or an address to notify; with its timeout in milliseconds. */
export type Hook =
  | { run: readonly string[]; timeout: number }
  | {
      post: string;
      headers: Readonly<Record<string, string>>;
      /** A body of one's own with placeholders; else the facts as JSON are sent. */
      body?: string;
      timeout: number;
    };

/** The placeholders of a hook's own body: what hooks get to know. */
const HOOK_PLACES = [
  ...['project', 'release', 'branch', 'commit', 'phase'],
  ...['step', 'steps', 'weight', 'verdict', 'reason'],
];

const hook = z
  .strictObject({
    run: argv.optional().describe('The program and its arguments; no shell reads them.'),
    post: url.optional().describe('The address that is notified.'),
    headers: headers
      .optional()
      .describe(
        'Headers of the request; values may contain environment variables, in braces after `$`.',
      ),
    body: template(HOOK_PLACES)
      .optional()
      .describe('The body of the request, instead of canary’s own JSON.'),
    timeout: timeout.optional().describe('How long the program or the server may take.'),
  })
  .superRefine((each, context) => requireErrand(each, 'post', context))
  .transform(({ run, post = '', headers = {}, body, timeout }): Hook => {
    if (run) return { run, timeout: timeout ?? 60_000 };
    const own = body === undefined ? {} : { body };
    return { post, headers, ...own, timeout: timeout ?? 10_000 };
  });

const list = z.array(hook).max(20).prefault([]);

/** The points of a release at which hooks run. */
export type HookPhase = 'preDeploy' | 'postStep' | 'prePromote' | 'postPromote' | 'onRevert';

const phases: Record<HookPhase, typeof list> = {
  preDeploy: list.describe('Before a canary is built.'),
  postStep: list.describe('After each step.'),
  prePromote: list.describe('Before a promotion.'),
  postPromote: list.describe('After a promotion.'),
  onRevert: list.describe('After a canary was taken back.'),
};

/** The programs that are run and the addresses that are notified during a release. */
export const hooks = z.strictObject(phases);

/**
 * A program that opens the gate with exit code 0, or a server that opens it with its response; with
 * its timeout in milliseconds.
 */
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
    run: argv.optional().describe('The program and its arguments; no shell reads them.'),
    get: url.optional().describe('The address that is asked.'),
    headers: headers
      .optional()
      .describe(
        'Headers of the request; values may contain environment variables, in braces after `$`.',
      ),
    expect: z
      .strictObject({ status: status.describe('The status of the response.') })
      .optional()
      .describe('What the response must be like.'),
    timeout: timeout.optional().describe('How long the program or the server may take.'),
  })
  .superRefine((each, context) => requireErrand(each, 'get', context))
  .transform(
    ({ run, get = '', headers = {}, expect = { status: 200 }, timeout }): Gate =>
      run
        ? { run, timeout: timeout ?? 30_000 }
        : { get, headers, expect, timeout: timeout ?? 10_000 },
  );

/** The gates that must be open before a step counts as done. */
export const gates = z.array(gate).min(1).max(20);

/** Rejects an errand that neither runs a program nor calls a server, or does both. */
function requireErrand(
  errand: { run?: unknown; headers?: unknown; expect?: unknown; body?: unknown } & Record<
    string,
    unknown
  >,
  web: 'get' | 'post',
  context: z.RefinementCtx,
): void {
  const { run, headers, expect, body } = errand;
  const asks = errand[web] !== undefined;
  if (run && asks) refuse(context, `has both \`run\` and \`${web}\`: make it two`);
  else if (!run && !asks) refuse(context, `has neither \`run\` nor \`${web}\``);
  else if (run && (headers || expect || body !== undefined))
    refuse(context, `has settings of \`${web}\` beside \`run\``);
}
