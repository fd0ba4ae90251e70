import { z } from 'zod';
import { configSchema } from './schema.ts';
import { written } from './values/written.ts';

export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** The JSON Schema (draft 7) of canary.yaml as people write it, with descriptions and defaults. */
export function configJsonSchema(): JsonSchema {
  return {
    ...schemaOf(configSchema),
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'canary.yaml',
    description: 'The settings of canary for one Compose project.',
  };
}

function schemaOf(schema: z.ZodType): JsonSchema {
  const { $schema, definitions, ...own } = z.toJSONSchema(schema, {
    target: 'draft-7',
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      // Zod's names of formats are its own; the pattern beside them says the same.
      if (jsonSchema.pattern !== undefined) delete jsonSchema.format;
      const form = written.get(zodSchema as never);
      if (!form) return;
      const { description, default: fallback } = jsonSchema;
      for (const key of Object.keys(jsonSchema)) delete jsonSchema[key];
      Object.assign(jsonSchema, 'as' in form ? schemaOf(form.as as z.ZodType) : form.is);
      if (description !== undefined) jsonSchema.description = description;
      if (fallback !== undefined) jsonSchema.default = fallback;
    },
  });
  return own as JsonSchema;
}
