import type { Place } from '../server.ts';
import { tablesDump } from './programs.ts';

/** Restores tables, their rows and triggers as they are at one moment, of each database. */
export function dumpTables({ container }: Place, tables: readonly string[]) {
  const groups = new Map<string, string[]>();
  for (const table of tables) {
    const dot = table.indexOf('.');
    const schema = table.slice(0, Math.max(dot, 0));
    groups.set(schema, [...(groups.get(schema) ?? []), table.slice(dot + 1)]);
  }
  const { command, env = {} } = tablesDump(
    container,
    [...groups].map((group) => group.flat()),
  );
  return { command, env };
}
