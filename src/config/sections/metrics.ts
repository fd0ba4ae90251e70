import { z } from 'zod';
import { didYouMean } from '../../nearest.ts';
import { conditions } from '../values/condition.ts';
import { valuePath } from '../values/value-path.ts';
import { type Problem, refuse, serviceName, span } from '../values/values.ts';
import { argv, filled, headers, timeout, url } from './outside.ts';

const name = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9 ._-]{0,59}$/,
    'is not a name of letters, digits, `-`, `_` and `.`',
  );

/** The settings that every metric has. */
const common = {
  name: name.describe('The name of the metric in results.'),
  every: span(1000, '30s').prefault('30s').describe('The interval between measurements.'),
  pass: conditions
    .optional()
    .describe(
      'When a number is good and when it is bad; if only one is given, the other is its opposite.',
    ),
  fail: conditions.optional().describe('When a number is bad.'),
  failures: z
    .number()
    .int()
    .min(1)
    .max(100)
    .default(1)
    .describe('This many bad measurements in a row are a failure.'),
  errors: z
    .number()
    .int()
    .min(0)
    .max(100)
    .default(3)
    .describe('This many measurements in a row may go wrong.'),
};

const asked = {
  ...common,
  service: serviceName
    .optional()
    .describe(
      'The service for `{{service}}` and the backends; by default the first one with users.',
    ),
  url: url.describe('The address of the server.'),
  headers: headers
    .default({})
    .describe(
      'Headers of the request; values may contain environment variables, in braces after `$`.',
    ),
  timeout: timeout.prefault('10s').describe('How long the server may take.'),
  noData: z
    .enum(['wait', 'error'], 'is not wait or error')
    .default('wait')
    .describe('How a response without a number counts: no evidence yet, or an error.'),
};

const prometheus = z
  .strictObject({ ...asked, query: filled.describe('The query in PromQL; `{{…}}` is replaced.') })
  .superRefine(requireCondition);

const http = z
  .strictObject({
    ...asked,
    method: z
      .enum(['GET', 'POST', 'PUT'], 'is not GET, POST or PUT')
      .default('GET')
      .describe('The method of the request.'),
    body: filled.optional().describe('The body of the request.'),
    value: valuePath.describe('The path of the number in the JSON response.'),
  })
  .superRefine(requireCondition);

/**
 * Without conditions, exit code 0 passes and 1 fails; with conditions, the last line of the output
 * is the number.
 */
const command = z.strictObject({
  ...common,
  run: argv.describe('The program and its arguments.'),
  timeout: timeout.prefault('30s').describe('How long the program may take.'),
});

/** The settings of `analysis` for sources other than the users' own requests. */
export const metricFields = {
  prometheus: named(prometheus).describe('Numbers from Prometheus.'),
  http: named(http).describe('Numbers from other servers that respond with JSON.'),
  command: named(command).describe('Programs that judge, or that print a number.'),
};

export type PrometheusMetric = z.output<typeof prometheus>;
export type HttpMetric = z.output<typeof http>;
export type CommandMetric = z.output<typeof command>;

/** Metrics of services that are not chosen. */
export function problemsOfMetrics(
  analysis: Record<'prometheus' | 'http', readonly { service?: string | undefined }[]>,
  services: Readonly<Record<string, unknown>>,
): Problem[] {
  return (['prometheus', 'http'] as const).flatMap((kind) =>
    analysis[kind].flatMap(({ service }, index) => {
      if (service === undefined || Object.hasOwn(services, service)) return [];
      const path = ['analysis', kind, String(index), 'service'];
      const meant = didYouMean(service, Object.keys(services));
      return [{ path, text: `\`${service}\` is not a chosen service${meant && `.${meant}`}` }];
    }),
  );
}

function requireCondition(
  { pass, fail }: { pass?: unknown; fail?: unknown },
  context: z.RefinementCtx,
): void {
  if (!pass && !fail) refuse(context, 'has neither `pass` nor `fail`');
}

/** Metrics are distinguished by name. */
function named<T extends z.ZodType<{ name: string }>>(metric: T) {
  return z
    .array(metric)
    .max(50)
    .prefault([])
    .superRefine((all, context) => {
      for (const [index, each] of all.entries()) {
        const first = all.findIndex((other) => other.name === each.name);
        if (first < index)
          refuse(context, `is the name of metric ${first} already`, [index, 'name']);
      }
    });
}
