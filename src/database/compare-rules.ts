import type { Difference, FindingClass } from './finding.ts';
import type { Constraint, Table } from './snapshot.ts';

/** What became of the constraints of a table that is still there. */
export function compareConstraints(before: Table, after: Table): Difference[] {
  const isIn = (list: readonly Constraint[], wanted: Constraint) =>
    list.some((each) => each.kind === wanted.kind && each.definition === wanted.definition);
  const dropped = before.constraints.filter((each) => !isIn(after.constraints, each));
  const added = after.constraints.filter((each) => !isIn(before.constraints, each));
  return [
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
  const gone = before.indexes.filter(({ id }) => !after.indexes.some((each) => each.id === id));
  const come = after.indexes.filter(({ id }) => !before.indexes.some((each) => each.id === id));
  const changes: Difference[] = [];
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

function named({ kind, name }: Constraint, table: Table): string {
  return `${kind} ${name} of ${table.name}`;
}

function rule({ name }: Table, kind: FindingClass, code: string, text: string): Difference {
  return { class: kind, kind: code, object: name, changed: name, text };
}
