import { z } from 'zod';
import type { RehearsalRecord } from '../database/record.ts';
import type { AbComparison } from '../rollout/ab-comparison.ts';
import { comparisonShape, findingShape } from '../rollout/recorded-shapes.ts';

/** Anyone who may push refs can write a record: its parts are checked like other text from outside. */
const rehearsal: z.ZodType<RehearsalRecord> = z.object({
  result: z.enum(['pass', 'refused']),
  findings: z.array(
    findingShape.extend({
      statement: z.string().nullable(),
      service: z.string().nullable(),
    }),
  ),
  allowed: z.array(z.string()),
});

/** The rehearsal in a trailer; null if there is none that this version knows. */
export function readRehearsal(text: string | undefined): RehearsalRecord | null {
  return rehearsal.safeParse(parsed(text)).data ?? null;
}

/** The A/B test in a trailer; null if there is none that this version knows. */
export function readComparison(text: string | undefined): AbComparison | null {
  return comparisonShape.safeParse(parsed(text)).data ?? null;
}

function parsed(text = ''): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
