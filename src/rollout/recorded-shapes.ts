import { z } from 'zod';
import { CLASSES } from '../database/finding-class.ts';
import type { AbComparison } from './ab-comparison.ts';

/** The parts of a finding that every view shows, as journals and records of releases keep them. */
export const findingShape = z.object({
  class: z.enum(CLASSES),
  text: z.string(),
  database: z.string(),
  object: z.string(),
});

const side = z.object({
  requests: z.number(),
  share: z.number().nullable(),
  failures: z.number(),
  shielded: z.number(),
  failureRate: z.number().nullable(),
  responseTime: z.number().nullable(),
});

/** The result of an A/B test, as both keep it. */
export const comparisonShape: z.ZodType<AbComparison> = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  stable: side,
  canary: side,
});
