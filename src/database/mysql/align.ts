import type { Column, Snapshot, Table } from '../snapshot.ts';
import type { Story } from './lineage.ts';

/** A snapshot whose tables tell more than others. */
type Of<T extends Table> = Omit<Snapshot, 'tables'> & { tables: readonly T[] };

/**
 * Gives tables and columns of the later snapshot the ids of what they were before. In a snapshot as it was read a
 * table's storage is the server's number of it, and so is its id where the server has one; columns have their names.
 */
export function aligned<T extends Table>(
  before: Snapshot,
  after: Of<T>,
  stories: ReadonlyMap<string, Story>,
): Of<T> {
  const ids = new Map<string, string>();
  const tables = after.tables.map((table) => {
    const origin = originOf(table, before, stories);
    const next = origin ? sameTable(origin, table, stories.get(table.name)) : anew(table, before);
    ids.set(table.id, next.id);
    return next;
  });
  const objects = after.objects.map((each) =>
    each.table === undefined ? each : { ...each, table: ids.get(each.table) ?? each.table },
  );
  return { tables, objects };
}

function originOf(
  table: Table,
  before: Snapshot,
  stories: ReadonlyMap<string, Story>,
): Table | undefined {
  const numbered = table.storage !== '' && before.tables.find(({ id }) => id === table.id);
  if (numbered) return numbered;
  const name = stories.get(table.name)?.origin;
  return name === undefined ? undefined : before.tables.find((each) => each.name === name);
}

function sameTable<T extends Table>(origin: Table, table: T, story: Story | undefined): T {
  // Emptying numbers anew as well, and is told as what it is.
  const isOnlyEmptied = story?.wasEmptied === true && !story.wasAltered;
  return {
    ...table,
    id: origin.id,
    storage: isOnlyEmptied ? origin.storage : table.storage,
    columns: table.columns.map((column) => sameColumn(origin, column, story)),
  };
}

function sameColumn(origin: Table, column: Column, story: Story | undefined): Column {
  if (!story?.columns.has(column.name)) return column;
  const name = story.columns.get(column.name);
  const old = origin.columns.find((each) => each.name === name);
  return { ...column, id: old?.id ?? `new ${column.name}` };
}

/** Where the server gives no numbers a table that was made anew has the id of the one before. */
function anew<T extends Table>(table: T, before: Snapshot): T {
  const isTaken = before.tables.some(({ id }) => id === table.id);
  return isTaken ? { ...table, id: `new ${table.id}` } : table;
}
