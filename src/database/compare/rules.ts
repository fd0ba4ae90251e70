import { type Effect, effect } from '../finding.ts';
import type { Constraint, Index, Table } from '../snapshot.ts';

/** Changes to the constraints of a table that still exists. */
export function compareConstraints(before: Table, after: Table): Effect[] {
  const isIn = (list: readonly Constraint[], wanted: Constraint) =>
    list.some((each) => each.kind === wanted.kind && each.definition === wanted.definition);
  const gone = before.constraints.filter((each) => !isIn(after.constraints, each));
  const come = after.constraints.filter((each) => !isIn(before.constraints, each));
  const isPair = (left: Constraint, right: Constraint) =>
    left.kind === right.kind && left.name === right.name;
  const dropped = gone.filter((each) => !come.some((other) => isPair(each, other)));
  const added = come.filter((each) => !gone.some((other) => isPair(each, other)));
  const changed = gone.filter((each) => !dropped.includes(each));
  const tell = (each: Constraint, verb: string, what: string, isSafe = false) =>
    effect(
      isSafe ? 'expanding' : 'contracting',
      `constraint-${verb}`,
      before.name,
      `${each.kind} ${each.name} of ${before.name} is ${what}`,
    );
  // Statements such as `ON CONFLICT` identify rows by keys.
  const isKey = ({ kind }: Constraint) => kind === 'primary key' || kind === 'unique';
  return [
    ...changed.map((each) => tell(each, 'changed', 'changed')),
    ...dropped.map((each) => tell(each, 'dropped', 'dropped', !isKey(each))),
    ...added.map((each) => tell(each, 'added', 'new')),
  ];
}

/** Changes to the indexes of a table that still exists. */
export function compareIndexes(before: Table, after: Table): Effect[] {
  const hasNewNames = hasRenamed(before, after);
  const gone = before.indexes.filter(({ id }) => !after.indexes.some((each) => each.id === id));
  const come = after.indexes.filter(({ id }) => !before.indexes.some((each) => each.id === id));
  // Recreated without a change.
  const isIn = (list: readonly Index[], { name, definition }: Index) =>
    list.some((each) => each.name === name && each.definition === definition);
  return [
    ...before.indexes.flatMap((index) => {
      const same = after.indexes.find(({ id }) => id === index.id);
      return same ? indexChanges(before.name, index, same, hasNewNames) : [];
    }),
    ...gone
      .filter((each) => !isIn(come, each))
      .map(({ name }) => {
        const text = `index ${name} of ${before.name} is dropped`;
        return effect('contracting', 'index-dropped', before.name, text);
      }),
    ...come
      .filter((each) => !isIn(gone, each))
      .map(({ name, isUnique }) => {
        const text = `${isUnique ? 'unique index' : 'index'} ${name} of ${before.name} is new`;
        return effect(isUnique ? 'contracting' : 'expanding', 'index-added', before.name, text);
      }),
  ];
}

/** Changes to an index that still exists, by its id. */
function indexChanges(table: string, before: Index, after: Index, hasNewNames: boolean): Effect[] {
  const text = `index ${before.name} of ${table} is`;
  if (after.name !== before.name)
    return [effect('expanding', 'index-renamed', table, `${text} renamed to ${after.name}`)];
  if (after.isUnique === before.isUnique && (hasNewNames || after.definition === before.definition))
    return [];
  const isUnique = after.isUnique && !before.isUnique ? ' and unique now' : '';
  return [effect('contracting', 'index-changed', table, `${text} changed${isUnique}`)];
}

/**
 * A renamed table or column changes the definition of every index on it, although the index is the
 * same.
 */
function hasRenamed(before: Table, after: Table): boolean {
  return (
    before.name !== after.name ||
    before.columns.some(({ id, name }) =>
      after.columns.some((each) => each.id === id && each.name !== name),
    )
  );
}
