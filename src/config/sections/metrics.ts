import { z } from 'zod';
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
  name,
  /** The interval between measurements. */
  every: span(1000, '30s').default(30_000),
  /** When a number is good and when it is bad; if only one is given, the other is its opposite. */
  pass: conditions.optional(),
  fail: conditions.optional(),
  /** This many bad measurements in a row are a failure. */
  failures: z.number().int().min(1).max(100).default(1),
  /** This many measurements in a row may go wrong. */
  errors: z.number().int().min(0).max(100).default(3),
};

const asked = {
  ...common,
  /** The service for `{{service}}` and the backends; by default the first one with users. */
  service: serviceName.optional(),
  url,
  headers: headers.default({}),
  timeout: timeout.default(10_000),
  /** How a response without a number counts: no evidence yet, or an error. */
  noData: z.enum(['wait', 'error'], 'is not wait or error').default('wait'),
};

const prometheus = z.strictObject({ ...asked, query: filled }).superRefine(requireCondition);

const http = z
  .strictObject({
    ...asked,
    method: z.enum(['GET', 'POST', 'PUT'], 'is not GET, POST or PUT').default('GET'),
    body: filled.optional(),
    /** The path of the number in the JSON response. */
    value: valuePath,
  })
  .superRefine(requireCondition);

/**
 * Without conditions, exit code 0 passes and 1 fails; with conditions, the last line of the output
 * is the number.
 */
const command = z.strictObject({ ...common, run: argv, timeout: timeout.default(30_000) });

/** The settings of `analysis` for sources other than the users' own requests. */
export const metricFields = {
  prometheus: named(prometheus),
  http: named(http),
  command: named(command),
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
      return [{ path, text: `\`${service}\` is not a chosen service` }];
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
    .default([])
    .superRefine((all, context) => {
      for (const [index, each] of all.entries()) {
        const first = all.findIndex((other) => other.name === each.name);
        if (first < index)
          refuse(context, `is the name of metric ${first} already`, [index, 'name']);
      }
    });
}
