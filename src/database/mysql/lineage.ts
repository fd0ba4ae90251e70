import type { Action, ColumnAction } from './actions.ts';

/** Where a table that is there now comes from. */
export interface Story {
  /** Its name at first; `undefined` for one that was made since. */
  origin: string | undefined;
  wasEmptied: boolean;
  wasAltered: boolean;
  /** Columns that were made or renamed since: by their present names, what they were called at first. */
  columns: Map<string, string | undefined>;
}

/**
 * Follows tables through statements. The server numbers a table anew when it writes it anew, so that its number alone
 * does not tell an ALTER from DROP and CREATE.
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
  // All of one ALTER happens at once: names are those from before it, and what leaves goes first.
  const before = new Map(columns);
  for (const action of actions) if (action.do !== 'add') columns.delete(action.column);
  for (const action of actions) {
    if (action.do === 'add') columns.set(action.column, undefined);
    if (action.do !== 'rename') continue;
    const isKnown = before.has(action.column);
    columns.set(action.to, isKnown ? before.get(action.column) : action.column);
  }
}
