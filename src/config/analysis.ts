import { z } from 'zod';
import { type Check, checks } from './checks.ts';
import { metricFields } from './metrics.ts';
import { type ShapeSettings, shape } from './shape.ts';
import { holding, percentage, switchable } from './values.ts';

const alpha = z
  .number()
  .gt(0, 'is not a chance above 0, such as 0.01')
  .max(0.2, 'is too high: more than 20 % of good canaries could be taken back');

const latency = switchable(
  z.strictObject({
    /** Of the stable's answers; what takes longer is slow. */
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
    /** Of the canary's requests, in percent; more fails it. */
    failures: percentage.optional(),
    /** Of the canary's answers; a longer 99th percentile fails it. */
    p99: holding.optional(),
    /** How far back is looked. */
    window: holding.default(60_000),
  })
  .refine(
    ({ failures, p99 }) => failures !== undefined || p99 !== undefined,
    'has neither `failures` nor `p99`',
  );

const analysisFields = z.strictObject({
  /** The chance of taking a canary back that is no worse, over its whole life. */
  alpha: alpha.default(0.01),
  /** Requests the canary must have had before a step counts as passed. */
  minimumRequests: z.number().int().min(1).max(1_000_000_000).default(100),
  /** Of all users who may be hurt, beyond what the stable does, by going on; in percent. */
  margin: percentage.default(0.5),
  /** Whether requests that fail count: 5xx, timeouts, broken answers, also those that the stable answered instead. */
  errors: z.boolean().default(true),
  /** Whether refusals (4xx) count. */
  refused: z.boolean().default(true),
  /** Whether slow answers count. */
  latency: latency.default(latency.parse(true)),
  /** Whether answers of an unusual size count. */
  size: z.boolean().default(true),
  /** Whether the canary is compared with a fresh clone of the stable instead of the stable that runs. */
  baseline: z.boolean().default(false),
  /** Fixed limits, beside the comparison with the stable. */
  thresholds: thresholds.optional(),
  /** Requests that the canary has to answer as expected. */
  checks: checks.default([]),
  /** How the answers of both sides are compared. */
  shape: shape.default(shape.parse(true)),
  ...metricFields,
});

/** How the canary is judged while it has users; `false`: nobody does. */
export const analysis = switchable(analysisFields);

export type AnalysisConfig = z.output<typeof analysisFields>;

/** What is judged by where canary.yaml says nothing. */
export const DEFAULT_ANALYSIS: AnalysisConfig = analysisFields.parse({});

interface Judged {
  analysis: AnalysisConfig | false;
}

/** The requests that the canary has to answer as expected. */
export function checksOf({ analysis }: Judged): readonly Check[] {
  return analysis ? analysis.checks : [];
}

/** How the answers of both sides are compared; false where they are not. */
export function shapeOf({ analysis }: Judged): ShapeSettings | false {
  return analysis ? analysis.shape : false;
}

/** Whether the canary is compared with a fresh clone of the stable. */
export function hasBaseline({ analysis }: Judged): boolean {
  return analysis !== false && analysis.baseline;
}

/** Whether a canary is asked anything before its first user. */
export function hasChecks(config: Judged): boolean {
  return checksOf(config).length > 0 || shapeOf(config) !== false;
}
