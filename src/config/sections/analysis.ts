import { z } from 'zod';
import { holding, percentage, switchable } from '../values/values.ts';
import { type Check, checks } from './checks.ts';
import { metricFields } from './metrics.ts';
import { type ShapeSettings, shape } from './shape.ts';

const alpha = z
  .number()
  .gt(0, 'is not a chance above 0, such as 0.01')
  .max(0.2, 'is too high: more than 20 % of good canaries could be taken back');

const latency = switchable(
  z.strictObject({
    percentile: z
      .number()
      .min(50, 'is not a percentile from 50 to 99.9')
      .max(99.9, 'is not a percentile from 50 to 99.9')
      .default(99)
      .describe('Percentile of the stable’s response times; a longer time is slow.'),
    warmUp: holding
      .prefault('30s')
      .describe('How long the canary may be slow at first: a fresh process is cold.'),
  }),
);

const thresholds = z
  .strictObject({
    failures: percentage
      .optional()
      .describe('Percentage of the canary’s requests; more failures fail it.'),
    p99: holding
      .optional()
      .describe('Limit for the canary’s response times; a longer 99th percentile fails it.'),
    window: holding.prefault('1m').describe('The period that is judged.'),
  })
  .refine(
    ({ failures, p99 }) => failures !== undefined || p99 !== undefined,
    'has neither `failures` nor `p99`',
  );

const analysisFields = z.strictObject({
  alpha: alpha
    .default(0.01)
    .describe(
      'The probability, over a canary’s whole life, of rolling it back although it is no worse.',
    ),
  minimumRequests: z
    .number()
    .int()
    .min(1)
    .max(1_000_000_000)
    .default(100)
    .describe('Requests the canary must have served before a step can pass.'),
  margin: percentage
    .prefault('0.5%')
    .describe(
      'How many of all users may be hurt by continuing, in addition to those the stable hurts; in percent.',
    ),
  errors: z
    .boolean()
    .default(true)
    .describe(
      'Whether failed requests count: 5xx, timeouts, broken responses, and requests that the stable answered instead.',
    ),
  refused: z.boolean().default(true).describe('Whether 4xx responses count.'),
  latency: latency.prefault(true).describe('Whether slow responses count.'),
  size: z.boolean().default(true).describe('Whether responses of an unusual size count.'),
  baseline: z
    .boolean()
    .default(false)
    .describe(
      'Whether the canary is compared with a fresh clone of the stable instead of the running stable.',
    ),
  thresholds: thresholds
    .optional()
    .describe('Fixed limits, in addition to the comparison with the stable.'),
  checks: checks.prefault([]).describe('Requests that the canary must answer as expected.'),
  shape: shape.prefault(true).describe('How the responses of both sides are compared.'),
  ...metricFields,
});

/** How the canary is judged while it has users; `false`: not at all. */
export const analysis = switchable(analysisFields);

export type AnalysisConfig = z.output<typeof analysisFields>;

/** The settings if canary.yaml has none. */
export const DEFAULT_ANALYSIS: AnalysisConfig = analysisFields.parse({});

interface Judged {
  analysis: AnalysisConfig | false;
}

/** The requests that the canary must answer as expected. */
export function checksOf({ analysis }: Judged): readonly Check[] {
  return analysis ? analysis.checks : [];
}

/** How the responses of both sides are compared; false if they are not. */
export function shapeOf({ analysis }: Judged): ShapeSettings | false {
  return analysis ? analysis.shape : false;
}

/** Whether the canary is compared with a fresh clone of the stable. */
export function hasBaseline({ analysis }: Judged): boolean {
  return analysis !== false && analysis.baseline;
}

/** Whether canary sends any request to a canary before its first user. */
export function hasChecks(config: Judged): boolean {
  return checksOf(config).length > 0 || shapeOf(config) !== false;
}
