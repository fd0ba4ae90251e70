import type { z } from 'zod';
import { didYouMean } from '../nearest.ts';
import { configJsonSchema, type JsonSchema } from './json-schema.ts';
import type { Problem } from './values/values.ts';

/** The problems that the schema found in `said`, each with the name that was probably meant. */
export function problemsOfIssues(issues: readonly z.core.$ZodIssue[], said: unknown): Problem[] {
  // Made only when something is wrong: it takes some milliseconds.
  const schema = configJsonSchema();
  return issues.flatMap((issue) => describe(issue, schema, said));
}

function describe(issue: z.core.$ZodIssue, schema: JsonSchema, said: unknown): Problem[] {
  if (issue.code === 'unrecognized_keys') {
    const known = keysAt(schema, issue.path);
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      text: `is not a setting this version knows${endOf(key, known, schema)}`,
      isName: true,
    }));
  }
  if (issue.code === 'invalid_key')
    return [{ path: issue.path, text: issue.issues[0]?.message ?? issue.message, isName: true }];
  if (issue.code === 'invalid_union') {
    const nested = bestBranch(issue.errors);
    if (nested)
      return nested.flatMap((each) =>
        describe({ ...each, path: [...issue.path, ...each.path] }, schema, said),
      );
  }
  const value = valueAt(said, issue.path);
  const meant = typeof value === 'string' ? didYouMean(value, valuesAt(schema, issue.path)) : '';
  return [{ path: issue.path, text: meant ? `${issue.message}.${meant}` : issue.message }];
}

/** What follows the name of an unknown setting: the one that is written alike, or where it belongs. */
function endOf(key: string, known: readonly string[], schema: JsonSchema): string {
  const meant = didYouMean(key, known);
  if (meant) return `.${meant}`;
  const sections = Object.entries(schema.properties ?? {})
    .filter(([, part]) => keysOf(partsOf(part as JsonSchema)).includes(key))
    .map(([section]) => section);
  const isTop = Object.hasOwn(schema.properties ?? {}, key);
  if (isTop) return ' here. It belongs at the top of the file, without indentation';
  return sections.length === 1 ? ` here. It belongs under \`${sections[0]}\`` : '';
}

/** Of several forms that none fits, the one that got furthest: its problems lie inside the value. */
function bestBranch(
  branches: readonly (readonly z.core.$ZodIssue[])[],
): readonly z.core.$ZodIssue[] | undefined {
  return branches.find((issues) =>
    issues.every(({ code, path }) => path.length > 0 || code === 'unrecognized_keys'),
  );
}

function keysAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  return keysOf(schemasAt(schema, path));
}

function keysOf(schemas: readonly JsonSchema[]): string[] {
  return schemas.flatMap(({ properties }) => Object.keys(properties ?? {}));
}

/** The texts that may stand at a path, where there are only certain ones. */
function valuesAt(schema: JsonSchema, path: readonly PropertyKey[]): string[] {
  return schemasAt(schema, path)
    .flatMap((each) => each.enum ?? [])
    .filter((each) => typeof each === 'string');
}

function schemasAt(schema: JsonSchema, path: readonly PropertyKey[]): JsonSchema[] {
  let found = partsOf(schema);
  for (const name of path)
    found = found.flatMap((each) => partsOf(childOf(each, name))).filter(Boolean);
  return found;
}

function childOf(schema: JsonSchema, name: PropertyKey): JsonSchema | undefined {
  const { properties = {}, additionalProperties, items } = schema;
  const child =
    typeof name === 'number'
      ? items
      : Object.hasOwn(properties, name)
        ? properties[String(name)]
        : additionalProperties;
  return typeof child === 'object' && !Array.isArray(child) ? (child as JsonSchema) : undefined;
}

/** The forms of a value. */
function partsOf(schema: JsonSchema | undefined): JsonSchema[] {
  if (!schema) return [];
  return schema.anyOf ? schema.anyOf.flatMap((each) => partsOf(each as JsonSchema)) : [schema];
}

function valueAt(value: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (from, name) =>
      typeof from === 'object' && from !== null && Object.hasOwn(from, name)
        ? (from as Record<PropertyKey, unknown>)[name]
        : undefined,
    value,
  );
}
