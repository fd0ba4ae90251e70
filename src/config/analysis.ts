import { z } from 'zod';
import { metricFields } from './metrics.ts';

/** What looks at a canary while it has users. */
export const analysis = z.strictObject(metricFields);
