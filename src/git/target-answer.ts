import { z } from 'zod';

const target = z.object({ repository: z.string(), directory: z.string(), project: z.string() });
const failure = z.object({
  error: z.object({
    message: z.string(),
    hint: z.string().nullable(),
    details: z.array(z.string()).default([]),
  }),
});
const answer = z.union([target, failure]);

/**
 * What canary on another machine says of a repository that it prepares: the last line of its output, as JSON.
 * `undefined` if that is something else.
 */
export function parseTargetAnswer(stdout: string): z.infer<typeof answer> | undefined {
  try {
    return answer.safeParse(JSON.parse(stdout.trim().split('\n').at(-1) ?? '')).data;
  } catch {
    return undefined;
  }
}
