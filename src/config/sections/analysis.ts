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
    /** Percentile of the stable's response times; a longer time is slow. */
    percentile: z
      .number()
      .min(50, 'is not a percentile from 50 to 99.9')
      .max(99.9, 'is not a percentile from 50 to 99.9')
      .default(99),
    /** How long the canary may be slow at first: a fresh process is cold. */
    warmUp: holding.default(30_000),
  }),
);

const thresholds = z
  .strictObject({
    /** Percentage of the canary's requests; more failures fail it. */
    failures: percentage.optional(),
    /** Limit for the canary's response times; a longer 99th percentile fails it. */
    p99: holding.optional(),
    /** The period that is judged. */
    window: holding.default(60_000),
  })
  .refine(
    ({ failures, p99 }) => failures !== undefined || p99 !== undefined,
    'has neither `failures` nor `p99`',
  );

const analysisFields = z.strictObject({
  /** The probability, over a canary's whole life, of rolling it back although it is no worse. */
  alpha: alpha.default(0.01),
  /** Requests the canary must have served before a step can pass. */
  minimumRequests: z.number().int().min(1).max(1_000_000_000).default(100),
  /**
   * How many of all users may be hurt by continuing, in addition to those the stable hurts; in
   * percent.
   */
  margin: percentage.default(0.5),
  /**
   * Whether failed requests count: 5xx, timeouts, broken responses, and requests that the stable
   * answered instead.
   */
  errors: z.boolean().default(true),
  /** Whether 4xx responses count. */
  refused: z.boolean().default(true),
  /** Whether slow responses count. */
  latency: latency.default(latency.parse(true)),
  /** Whether responses of an unusual size count. */
  size: z.boolean().default(true),
  /**
   * Whether the canary is compared with a fresh clone of the stable instead of the running stable.
   */
  baseline: z.boolean().default(false),
  /** Fixed limits, in addition to the comparison with the stable. */
  thresholds: thresholds.optional(),
  /** Requests that the canary must answer as expected. */
  checks: checks.default([]),
  /** How the responses of both sides are compared. */
  shape: shape.default(shape.parse(true)),
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
