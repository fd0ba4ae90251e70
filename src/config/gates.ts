import { z } from 'zod';
import { argv, headers, requireErrand, span, url } from './outside.ts';

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
    timeout: span(1, '10s').optional(),
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
