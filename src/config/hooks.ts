import { z } from 'zod';
import { argv, headers, requireErrand, span, url } from './outside.ts';

/** A program that is run, or an address that is told; milliseconds that it may take. */
export type Hook =
  | { run: readonly string[]; timeout: number }
  | { post: string; headers: Readonly<Record<string, string>>; timeout: number };

const hook = z
  .strictObject({
    run: argv.optional(),
    post: url.optional(),
    headers: headers.optional(),
    timeout: span(1, '10s').optional(),
  })
  .superRefine((each, context) => requireErrand(each, 'post', context))
  .transform(
    ({ run, post = '', headers = {}, timeout }): Hook =>
      run ? { run, timeout: timeout ?? 60_000 } : { post, headers, timeout: timeout ?? 10_000 },
  );

const list = z.array(hook).max(20).default([]);

/** What is run or told on the way of a release. */
export const hooks = z.strictObject({
  preDeploy: list,
  postStep: list,
  prePromote: list,
  postPromote: list,
  onRevert: list,
});

export type HookPhase = keyof z.output<typeof hooks>;
