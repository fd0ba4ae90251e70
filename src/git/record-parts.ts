import { z } from 'zod';
import type { RehearsalRecord } from '../database/record.ts';
import type { AbComparison } from '../rollout/ab-comparison.ts';

/** Anyone who may push refs can write a record: its parts are checked like other text from outside. */
const rehearsal: z.ZodType<RehearsalRecord> = z.object({
  result: z.enum(['pass', 'refused']),
  findings: z.array(
    z.object({
      class: z.enum(['destructive', 'contracting', 'expanding', 'none']),
      text: z.string(),
      statement: z.string().nullable(),
      service: z.string().nullable(),
      database: z.string(),
      object: z.string(),
    }),
  ),
  allowed: z.array(z.string()),
});

const side = z.object({
  requests: z.number(),
  share: z.number().nullable(),
  failures: z.number(),
  shielded: z.number(),
  failureRate: z.number().nullable(),
  responseTime: z.number().nullable(),
});

const comparison: z.ZodType<AbComparison> = z.object({
  from: z.iso.datetime(),
  to: z.iso.datetime(),
  stable: side,
  canary: side,
});

/** The rehearsal in a trailer; null if there is none that this version knows. */
export function readRehearsal(text: string | undefined): RehearsalRecord | null {
  return rehearsal.safeParse(parsed(text)).data ?? null;
}

/** The A/B test in a trailer; null if there is none that this version knows. */
export function readComparison(text: string | undefined): AbComparison | null {
  return comparison.safeParse(parsed(text)).data ?? null;
}

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
