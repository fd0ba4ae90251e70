import { z } from 'zod';

/** How a value may be written: as this other schema of zod says, or this part of a JSON Schema. */
type Written = { as: unknown } | { is: z.core.JSONSchema.BaseSchema };

/**
 * Schemas that accept more forms than the one they parse, such as a single text for a list. The
 * JSON Schema of canary.yaml is made from these.
 */
export const written = z.registry<Written>();
