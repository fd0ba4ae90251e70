import { type Effect, effect, type FindingClass } from '../finding.ts';
import type { Column, Table } from '../snapshot.ts';
import { isWidened } from './column-type.ts';

/** Changes to the columns of a table that still exists. */
export function compareColumns(before: Table, after: Table): Effect[] {
  const ids = new Set(before.columns.map(({ id }) => id));
  const names = new Set(before.columns.map(({ name }) => name));
  const tell = ({ name }: Column, [level, kind, what]: Change) =>
    effect(level, kind, before.name, `column ${before.name}.${name} ${what}`);
  return [
    ...before.columns.flatMap((column) => {
      const same = after.columns.find(({ id }) => id === column.id);
      const changes = same ? columnChanges(column, same) : [droppedColumn(column, after)];
      return changes.map((each) => tell(column, each));
    }),
    ...after.columns
      .filter(({ id, name }) => !ids.has(id) && !names.has(name))
      .map((column) => tell(column, addedColumn(column))),
  ];
}

/** The class of the change, its kind, and what happens to the column. */
type Change = [FindingClass, string, string];

function columnChanges(before: Column, after: Column): Change[] {
  const changes: Change[] = [];
  if (after.name !== before.name)
    changes.push(['contracting', 'column-renamed', `is renamed to ${after.name}`]);
  if (after.type !== before.type) changes.push(retyped(before.type, after.type));
  if (before.isNullable && !after.isNullable)
    changes.push(['contracting', 'column-not-null', 'may no longer be null']);
  if (!before.isNullable && after.isNullable)
    changes.push(['expanding', 'column-nullable', 'may now be null']);
  if (before.hasDefault && !after.hasDefault && !after.isNullable)
    changes.push([
      'contracting',
      'default-dropped',
      'loses its default and may not be null: inserts of the stable that leave it out fail',
    ]);
  return changes;
}

function retyped(from: string, to: string): Change {
  return isWidened(from, to)
    ? [
        'expanding',
        'column-widened',
        `changes its type from ${from} to ${to}, which holds every value it had`,
      ]
    : ['contracting', 'column-retyped', `changes its type from ${from} to ${to}`];
}

function droppedColumn({ name }: Column, after: Table): Change {
  const isBack = after.columns.some((each) => each.name === name);
  return isBack
    ? ['destructive', 'column-recreated', 'is dropped and recreated, without its values']
    : ['contracting', 'column-dropped', 'is dropped, with its values'];
}

function addedColumn({ isNullable, hasDefault }: Column): Change {
  return isNullable || hasDefault
    ? ['expanding', 'column-added', 'is new']
    : [
        'contracting',
        'column-required',
        'is new, may not be null and has no default: inserts of the stable fail',
      ];
}
