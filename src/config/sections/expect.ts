import { z } from 'zod';
import { type AnswerPath, readAnswerPath } from '../values/answer-path.ts';
import { anyJson, headerName, listed, period, status } from '../values/values.ts';

const text = z.string('is not a text').min(1).max(2000);

/** A path into a JSON response. */
const jsonPath = z
  .string()
  .max(500)
  .refine(
    (written) => readAnswerPath(written)?.body === 'json',
    'is not a path such as `$.status` or `$.items[].price`',
  );

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

/** What a response must be like. */
export const expectation = z.strictObject({
  status: listed(z.array(status).min(1).max(50))
    .optional()
    .describe('The status of the response, or several that are allowed.'),
  header: z
    .record(
      headerName,
      z.union([z.string().max(2000), z.boolean()], { error: 'is not a text, `true` or `false`' }),
    )
    .default({})
    .describe(
      'Values of headers, with `*` at the end for any rest; or whether a header must be present.',
    ),
  contains: listed(z.array(text).max(50))
    .prefault([])
    .describe('Texts that the body must contain.'),
  json: z
    .record(jsonPath, anyJson)
    .transform((places) =>
      Object.entries(places).map(([written, value]): JsonExpectation => {
        const path = readAnswerPath(written) as AnswerPath;
        return { written, path, value: value as Json };
      }),
    )
    .prefault({})
    .describe('Values in a JSON body; for a path through an array, every one must match.'),
  within: period(1, 60_000).optional().describe('The time until the whole response has arrived.'),
});

export interface JsonExpectation {
  written: string;
  path: AnswerPath;
  value: Json;
}

export type Expectation = z.output<typeof expectation>;
