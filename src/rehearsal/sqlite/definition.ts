import {
  addPart,
  type Definition,
  type DefinitionPart,
  partKey,
} from '../../database/definition.ts';
import type { Sqlite } from '../../system/sqlite/sqlite.ts';
import { affinityOf, columnsIn, likeNames } from './definitions.ts';

/** Settings that stay in the file. Those that count every change say nothing. */
const PRAGMAS = [
  'application_id',
  'auto_vacuum',
  'encoding',
  'journal_mode',
  'page_size',
  'user_version',
] as const;

/** The persistent settings of a database. */
export function pragmasOf(database: Sqlite): { name: string; value: string }[] {
  return PRAGMAS.map((name) => {
    const [value = ''] = Object.values(database.get(`PRAGMA ${name}`) ?? {});
    return { name, value: String(value) };
  });
}

/** The complete definition of a database: `sqlite_schema`, tables by column, and its settings. */
export function definitionOf(database: Sqlite): Definition {
  const definition = new Map<string, DefinitionPart>();
  const add = (name: string, key: readonly string[], text: string) =>
    addPart(definition, partKey(...key), { name, text });
  for (const { type, name, sql } of schemaOf(database)) {
    const title = `${type} ${name}`;
    const columns = type === 'table' ? columnsIn(sql) : undefined;
    if (!columns) {
      add(title, [type, name.toLowerCase()], likeNames(sql).join(' '));
      continue;
    }
    for (const column of columns.columns)
      add(title, columnKey(name, column.name), `${affinityOf(column.type)} ${column.rest}`);
    // Their order says nothing.
    add(title, constraintsKey(name), columns.constraints.toSorted().join('\n'));
    add(title, optionsKey(name), columns.options);
  }
  for (const { name, value } of pragmasOf(database)) add(`pragma ${name}`, pragmaKey(name), value);
  return definition;
}

export const columnKey = (table: string, column: string) => [
  'table',
  table.toLowerCase(),
  `column ${column.toLowerCase()}`,
];
export const constraintsKey = (table: string) => ['table', table.toLowerCase(), 'constraints'];
export const optionsKey = (table: string) => ['table', table.toLowerCase(), 'options'];
export const pragmaKey = (name: string) => ['pragma', name];

function schemaOf(database: Sqlite): { type: string; name: string; sql: string }[] {
  const rows = database.all(
    "SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY type, name",
  ) as Record<string, unknown>[];
  return rows.map(({ type, name, sql }) => ({
    type: String(type),
    name: String(name),
    sql: String(sql),
  }));
}
