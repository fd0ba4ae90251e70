import type { Column, Snapshot, Table } from '../../database/snapshot.ts';
import type { Action, ColumnAction } from './actions.ts';

/** Where a table that exists now comes from. */
interface Story {
  /** Its original name; `undefined` for one that was created since. */
  origin: string | undefined;
  wasEmptied: boolean;
  wasAltered: boolean;
  /** Columns that were created or renamed since: their original names, by their present names. */
  columns: Map<string, string | undefined>;
}

/**
 * Follows tables through statements. The server gives a table a new number when it rewrites it, so that the number
 * alone does not distinguish an ALTER from DROP and CREATE.
 */
export function storiesOf(
  names: readonly string[],
  actions: readonly Action[],
): Map<string, Story> {
  const stories = new Map(names.map((name) => [name, storyOf(name)]));
  for (const action of actions) follow(stories, action);
  return stories;
}

function storyOf(origin: string | undefined): Story {
  return { origin, wasEmptied: false, wasAltered: false, columns: new Map() };
}

function follow(stories: Map<string, Story>, action: Action): void {
  if (action.do === 'drop schema') {
    const { prefix } = action;
    for (const name of stories.keys())
      if (prefix === '' ? !name.includes('.') : name.startsWith(prefix)) stories.delete(name);
    return;
  }
  if (action.do === 'define') return;
  const story = stories.get(action.table);
  if (action.do === 'create' && (!story || action.replaces))
    stories.set(action.table, storyOf(undefined));
  if (!story) return;
  if (action.do === 'drop') stories.delete(action.table);
  if (action.do === 'truncate') story.wasEmptied = true;
  if (action.do === 'rename') {
    stories.delete(action.table);
    stories.set(action.to, story);
  }
  if (action.do === 'alter') {
    story.wasAltered = true;
    followColumns(story.columns, action.columns);
  }
}

function followColumns(
  columns: Map<string, string | undefined>,
  actions: readonly ColumnAction[],
): void {
  // All of one ALTER happens at once: names are those from before it, and removals come first.
  const before = new Map(columns);
  for (const action of actions) if (action.do !== 'add') columns.delete(action.column);
  for (const action of actions) {
    if (action.do === 'add') columns.set(action.column, undefined);
    if (action.do !== 'rename') continue;
    const isKnown = before.has(action.column);
    columns.set(action.to, isKnown ? before.get(action.column) : action.column);
  }
}

/** A snapshot whose tables have more fields than others. */
type Of<T extends Table> = Omit<Snapshot, 'tables'> & { tables: readonly T[] };

/**
 * Gives tables and columns of the later snapshot the ids that they had before. In a snapshot as it was read, a
 * table's storage is the server's number for it, and so is its id if there is a number; a column's id is its name.
 */
export function aligned<T extends Table>(
  before: Snapshot,
  after: Of<T>,
  stories: ReadonlyMap<string, Story>,
): Of<T> {
  const ids = new Map<string, string>();
  const tables = after.tables.map((table) => {
    const origin = originOf(table, before, stories);
    const next = origin
      ? sameTable(origin, table, stories.get(table.name))
      : recreated(table, before);
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
  // Emptying gives a new number as well, and is reported as emptying.
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

/** If the server gives no numbers, a recreated table would have the id of the one before. */
function recreated<T extends Table>(table: T, before: Snapshot): T {
  const isTaken = before.tables.some(({ id }) => id === table.id);
  return isTaken ? { ...table, id: `new ${table.id}` } : table;
}
