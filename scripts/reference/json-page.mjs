import { lookUp } from './schemas.mjs';

/** @typedef {import('ts-json-schema-generator').Schema} Schema */
/** @typedef {Record<string, unknown>} Definitions */

const INTRO = `# JSON

With \`--json\`, standard output is one JSON document. \`deploy\` and \`status --watch\` write JSON Lines, one document a line.
Your programs can rely on these documents: a later version may add fields, but not change them. Do not parse the text output.

The package has a JSON Schema of each in \`schema/\`. \`[]\` stands for each item of a list, \`?\` for a field that may be absent.
Times are ISO 8601 in UTC, weights are percent, commits are full hashes.
`;

/**
 * A page with every field of every document.
 *
 * @param {Record<string, Schema>} schemas
 */
export function jsonPage(schemas) {
  const sections = Object.entries(schemas).map(([command, schema]) => {
    const { definitions = {}, description = '' } = schema;
    const heading = command === 'error' ? 'An error' : command.replace('-', ' ');
    const link = `[${command}.json](../../schema/${command}.json)`;
    const lines = schema.anyOf ? variants(schema, definitions) : fields(schema, definitions, '');
    const table = lines.map((cells) => `| ${cells.join(' | ')} |`).join('\n');
    const head = schema.anyOf ? '| `type` | fields | when |' : '| field | type | meaning |';
    return `## ${heading}\n\n${description} (${link})\n\n${head}\n|---|---|---|\n${table}\n`;
  });
  return `${INTRO}\n${sections.join('\n')}`;
}

/**
 * One row per field, followed by those of its own fields.
 *
 * @param {Schema} schema
 * @param {Definitions} definitions
 * @param {string} path
 * @returns {string[][]}
 */
function fields(schema, definitions, path) {
  const required = schema.required ?? [];
  return Object.entries(schema.properties ?? {}).flatMap(([name, value]) => {
    const field = /** @type {Schema} */ (value);
    const mark = required.includes(name) ? '' : '?';
    const { type, object, place } = shape(field, definitions);
    const meaning = field.description ?? object?.description ?? '';
    const row = [`\`${path}${name}${mark}\``, cell(type), cell(meaning)];
    return [row, ...(object ? fields(object, definitions, `${path}${name}${place}.`) : [])];
  });
}

/**
 * One row per kind of line, identified by its `type`.
 *
 * @param {Schema} schema
 * @param {Definitions} definitions
 * @returns {string[][]}
 */
function variants(schema, definitions) {
  return alternatives(schema, definitions).map((each) => {
    const type = /** @type {Schema | undefined} */ (each.properties?.type);
    const names = Object.keys(each.properties ?? {}).filter((name) => name !== 'type');
    const kind = type ? `\`${type.const}\`` : '(none)';
    return [
      kind,
      names.map((name) => `\`${name}\``).join(', '),
      cell(type?.description ?? each.description ?? ''),
    ];
  });
}

/**
 * @param {Schema} schema
 * @param {Definitions} definitions
 * @returns {Schema[]}
 */
function alternatives(schema, definitions) {
  const found = lookUp(schema, definitions);
  const options = /** @type {Schema[] | undefined} */ (found.anyOf);
  return options ? options.flatMap((each) => alternatives(each, definitions)) : [found];
}

/**
 * A type in words, and the object whose fields are worth a row each: itself, or an item's (`[]`).
 *
 * @param {Schema} schema
 * @param {Definitions} definitions
 * @returns {{ type: string, object?: Schema, place?: string }}
 */
function shape(schema, definitions) {
  const found = lookUp(schema, definitions);
  if (found.enum) return { type: found.enum.map((each) => `\`${each}\``).join(' ') };
  if (found.const !== undefined) return { type: `\`${found.const}\`` };
  if (found.anyOf) return union(/** @type {Schema[]} */ (found.anyOf), definitions);
  if (Array.isArray(found.type)) return { type: found.type.join(' or ') };
  if (found.type === 'array') {
    const item = shape(/** @type {Schema} */ (found.items ?? {}), definitions);
    return { ...item, type: `list of ${item.type}`, place: `[]${item.place ?? ''}` };
  }
  if (found.type === 'object' && found.properties)
    return { type: 'object', object: found, place: '' };
  return { type: String(found.type ?? 'any') };
}

/**
 * @param {Schema[]} options
 * @param {Definitions} definitions
 */
function union(options, definitions) {
  const shapes = options.map((each) => shape(each, definitions));
  const objects = shapes.filter(({ object }) => object);
  const types = [...new Set(shapes.map(({ type }) => type))].join(' or ');
  // The fields of one of several kinds of object would read as those of all.
  return objects.length === 1 ? { ...objects[0], type: types } : { type: types };
}

/**
 * The text of a cell of a table.
 *
 * @param {string} text
 */
export function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
