import type { Difference, FindingClass } from '../finding.ts';
import type { Constraint, Index, Table } from '../snapshot.ts';

/** What became of the constraints of a table that is still there. */
export function compareConstraints(before: Table, after: Table): Difference[] {
  const isIn = (list: readonly Constraint[], wanted: Constraint) =>
    list.some((each) => each.kind === wanted.kind && each.definition === wanted.definition);
  const gone = before.constraints.filter((each) => !isIn(after.constraints, each));
  const come = after.constraints.filter((each) => !isIn(before.constraints, each));
  const isPair = (left: Constraint, right: Constraint) =>
    left.kind === right.kind && left.name === right.name;
  const dropped = gone.filter((each) => !come.some((other) => isPair(each, other)));
  const added = come.filter((each) => !gone.some((other) => isPair(each, other)));
  const changed = gone.filter((each) => !dropped.includes(each));
  return [
    ...changed.map((each) =>
      rule(before, 'contracting', 'constraint-changed', `${named(each, before)} is changed`),
    ),
    ...dropped.map((each) => {
      // Statements such as `ON CONFLICT` name rows by them.
      const isKey = each.kind === 'primary key' || each.kind === 'unique';
      const kind: FindingClass = isKey ? 'contracting' : 'expanding';
      return rule(before, kind, 'constraint-dropped', `${named(each, before)} is dropped`);
    }),
    ...added.map((each) =>
      rule(before, 'contracting', 'constraint-added', `${named(each, before)} is new`),
    ),
  ];
}

/** What became of the indexes of a table that is still there. */
export function compareIndexes(before: Table, after: Table): Difference[] {
  const hasNewNames = hasRenamed(before, after);
  const gone = before.indexes.filter(({ id }) => !after.indexes.some((each) => each.id === id));
  const come = after.indexes.filter(({ id }) => !before.indexes.some((each) => each.id === id));
  const changes: Difference[] = before.indexes.flatMap((index) => {
    const same = after.indexes.find(({ id }) => id === index.id);
    return same ? indexChanges(before, index, same, hasNewNames) : [];
  });
  for (const { name, definition } of gone) {
    if (come.some((each) => each.name === name && each.definition === definition)) continue;
    const text = `index ${name} of ${before.name} is dropped`;
    changes.push(rule(before, 'contracting', 'index-dropped', text));
  }
  for (const { name, definition, isUnique } of come) {
    if (gone.some((each) => each.name === name && each.definition === definition)) continue;
    const text = `${isUnique ? 'unique index' : 'index'} ${name} of ${before.name} is new`;
    const kind: FindingClass = isUnique ? 'contracting' : 'expanding';
    changes.push(rule(before, kind, 'index-added', text));
  }
  return changes;
}

/** Of an index that is still there, by its id. */
function indexChanges(
  table: Table,
  before: Index,
  after: Index,
  hasNewNames: boolean,
): Difference[] {
  const { name } = before;
  if (after.name !== name) {
    const text = `index ${name} of ${table.name} is renamed to ${after.name}`;
    return [rule(table, 'expanding', 'index-renamed', text)];
  }
  if (after.isUnique === before.isUnique && (hasNewNames || after.definition === before.definition))
    return [];
  const text = `index ${name} of ${table.name} is changed${after.isUnique && !before.isUnique ? ' and unique now' : ''}`;
  return [rule(table, 'contracting', 'index-changed', text)];
}

/** A table or column with another name changes the definition of every index on it, which is the same as before. */
function hasRenamed(before: Table, after: Table): boolean {
  return (
    before.name !== after.name ||
    before.columns.some(({ id, name }) =>
      after.columns.some((each) => each.id === id && each.name !== name),
    )
  );
}

function named({ kind, name }: Constraint, table: Table): string {
  return `${kind} ${name} of ${table.name}`;
}

function rule({ name }: Table, kind: FindingClass, code: string, text: string): Difference {
  return { class: kind, kind: code, object: name, changed: name, text };
}
