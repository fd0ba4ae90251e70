import { configSchema } from '../../src/config/schema.ts';
import type { Tolerance } from '../../src/proxy/tolerance.ts';

/** The tolerance of a canary.yaml that says nothing about it. */
export const TOLERANCE: Tolerance = configSchema.shape.proxy.parse({});
