import { createGenerator } from 'ts-json-schema-generator';
import { root } from '../bundle.mjs';

/** @typedef {import('ts-json-schema-generator').Schema} Schema */

/**
 * The JSON Schema (draft 7) of what each command prints with `--json`, from the types of src/documents. Other fields
 * are allowed, so that a program that knows today's schema accepts the documents of later versions.
 *
 * @returns {Record<string, Schema>} by the name of the command
 */
export function documentSchemas() {
  const { definitions = {} } = createGenerator({
    path: `${root}src/documents/documents.ts`,
    tsconfig: `${root}tsconfig.json`,
    type: 'Documents',
    additionalProperties: true,
    // tsc checks the types.
    skipTypeCheck: true,
  }).createSchema('Documents');
  const documents = /** @type {Schema} */ (definitions.Documents).properties ?? {};
  return Object.fromEntries(
    Object.entries(documents).map(([command, document]) => {
      const top = lookUp(/** @type {Schema} */ (document), definitions);
      const used = definitionsOf(top, definitions);
      const title =
        command === 'error' ? 'canary: an error' : `canary ${command.replace('-', ' ')} --json`;
      return [
        command,
        {
          $schema: 'http://json-schema.org/draft-07/schema#',
          title,
          ...top,
          ...(Object.keys(used).length > 0 ? { definitions: used } : {}),
        },
      ];
    }),
  );
}

/**
 * A schema, or the definition that it refers to.
 *
 * @param {Schema} schema
 * @param {Record<string, unknown>} definitions
 * @returns {Schema}
 */
export function lookUp(schema, definitions) {
  const name = nameOf(schema.$ref);
  return name ? lookUp(/** @type {Schema} */ (definitions[name]), definitions) : schema;
}

/**
 * What a schema refers to, and what that refers to, in the order of names.
 *
 * @param {Schema} schema
 * @param {Record<string, unknown>} definitions
 * @returns {Record<string, Schema>}
 */
function definitionsOf(schema, definitions) {
  /** @type {Set<string>} */
  const names = new Set();
  const visit = (/** @type {unknown} */ part) => {
    for (const [, ref] of JSON.stringify(part).matchAll(/"\$ref":"([^"]+)"/g)) {
      const name = nameOf(ref);
      if (!name || names.has(name)) continue;
      names.add(name);
      visit(definitions[name]);
    }
  };
  visit(schema);
  return Object.fromEntries(
    [...names].sort().map((name) => [name, /** @type {Schema} */ (definitions[name])]),
  );
}

/** @param {string | undefined} ref */
function nameOf(ref) {
  return ref === undefined ? undefined : decodeURIComponent(ref.replace('#/definitions/', ''));
}
