import { type Effect, effect } from '../finding.ts';
import type { FindingClass } from '../finding-class.ts';
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
  const tell = (
    each: Constraint,
    verb: string,
    what: string,
    level: FindingClass = 'contracting',
  ) =>
    effect(
      level,
      `constraint-${verb}`,
      before.name,
      `${each.kind} ${each.name} of ${before.name} is ${what}`,
      each.parts,
    );
  // Statements such as `ON CONFLICT` identify rows by keys.
  const isKey = ({ kind }: Constraint) => kind === 'primary key' || kind === 'unique';
  return [
    ...changed.map((each) => tell(each, 'changed', 'changed')),
    ...dropped.map((each) =>
      tell(each, 'dropped', 'dropped', isKey(each) ? undefined : 'expanding'),
    ),
    ...added.map((each) => tell(each, 'added', 'new')),
    ...kept(before, after).flatMap(([old, now]) => {
      const parts = [...(old.parts ?? []), ...(now.parts ?? [])];
      const told = [
        ...(old.name === now.name ? [] : [tell(old, 'renamed', `renamed to ${now.name}`, 'none')]),
        // The rows were checked with it before: phase two of `NOT VALID`.
        ...(old.isUnchecked && !now.isUnchecked
          ? [tell(old, 'validated', 'checked for all rows now', 'expanding')]
          : []),
        ...(!old.isUnchecked && now.isUnchecked
          ? [tell(old, 'unchecked', 'no longer checked for all rows')]
          : []),
      ];
      return told.map((each) => ({ ...each, explains: parts }));
    }),
  ];
}

/** Constraints with the same definition before and after, those with the same name first. */
function kept(before: Table, after: Table): [Constraint, Constraint][] {
  const free = [...after.constraints];
  const isSame = (left: Constraint, right: Constraint) =>
    left.kind === right.kind && left.definition === right.definition;
  const take = (each: Constraint, isNamed: boolean) => {
    const at = free.findIndex(
      (other) => isSame(each, other) && (!isNamed || each.name === other.name),
    );
    return at < 0 ? undefined : free.splice(at, 1)[0];
  };
  const named = new Map(before.constraints.map((each) => [each, take(each, true)]));
  return before.constraints.flatMap((each) => {
    const other = named.get(each) ?? take(each, false);
    return other ? [[each, other] as [Constraint, Constraint]] : [];
  });
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
      .map(({ name, parts }) => {
        const text = `index ${name} of ${before.name} is dropped`;
        return effect('contracting', 'index-dropped', before.name, text, parts);
      }),
    ...come
      .filter((each) => !isIn(gone, each))
      .map(({ name, isUnique, parts }) => {
        const text = `${isUnique ? 'unique index' : 'index'} ${name} of ${before.name} is new`;
        const level = isUnique ? 'contracting' : 'expanding';
        return effect(level, 'index-added', before.name, text, parts);
      }),
  ];
}

/** Changes to an index that still exists, by its id. */
function indexChanges(table: string, before: Index, after: Index, hasNewNames: boolean): Effect[] {
  const text = `index ${before.name} of ${table} is`;
  const parts = [...(before.parts ?? []), ...(after.parts ?? [])];
  const tell = (level: FindingClass, verb: string, what: string) => [
    effect(level, `index-${verb}`, table, `${text} ${what}`, parts),
  ];
  if (after.name !== before.name) return tell('expanding', 'renamed', `renamed to ${after.name}`);
  if (after.isInvalid && !before.isInvalid) return tell('contracting', 'invalid', 'invalid now');
  if (before.isInvalid && !after.isInvalid) return tell('expanding', 'valid', 'valid now');
  if (after.isUnique === before.isUnique && (hasNewNames || after.definition === before.definition))
    return [];
  const isUnique = after.isUnique && !before.isUnique ? ' and unique now' : '';
  return tell('contracting', 'changed', `changed${isUnique}`);
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
