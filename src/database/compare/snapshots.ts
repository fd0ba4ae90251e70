import { type Effect, effect } from '../finding.ts';
import type { Snapshot, Table } from '../snapshot.ts';
import { stepsOf } from '../ways.ts';
import { compareColumns } from './columns.ts';
import { compareObjects } from './objects.ts';
import { partsOfTable, withParts } from './parts.ts';
import { compareConstraints, compareIndexes } from './rules.ts';

/**
 * What the differences between two snapshots mean. Deleted or changed rows are reported elsewhere.
 */
export function compareSnapshots(
  before: Snapshot,
  after: Snapshot,
  /** Locks were held as long as they will be in production, because the copy has all rows. */
  hasAllRows: boolean,
): Effect[] {
  const known = new Set(before.tables.map(({ name }) => name));
  const ids = new Set(before.tables.map(({ id }) => id));
  const made = after.tables.filter(({ id }) => !ids.has(id));
  return [
    ...before.tables.flatMap((table) => {
      const same = after.tables.find(({ id }) => id === table.id);
      const successor = made.find(({ name }) => name === table.name);
      if (!same) {
        const explains = [
          ...partsOfTable(before, table),
          ...(successor ? partsOfTable(after, successor) : []),
        ];
        return goneTable(table, successor).map((each) => ({ ...each, explains }));
      }
      return [
        ...(same.name === table.name
          ? []
          : [
              withParts(renamedTable(table, same, successor), [
                ...partsOfTable(before, table),
                ...partsOfTable(after, same),
                ...(successor ? partsOfTable(after, successor) : []),
              ]),
            ]),
        ...compareTable(table, same, hasAllRows),
      ];
    }),
    ...made
      .filter(({ name }) => !known.has(name))
      .map((table) => {
        const { name } = table;
        const parts = partsOfTable(after, table);
        return effect('expanding', 'table-added', name, `table ${name} is new`, parts);
      }),
    ...compareObjects(before, after, hasAllRows),
  ];
}

function renamedTable({ name }: Table, after: Table, successor: Table | undefined): Effect {
  const taken = successor ? ', and a new table has its name' : '';
  const text = `table ${name} is renamed to ${after.name}${taken}`;
  const steps = stepsOf('table-renamed', { table: name, to: after.name });
  return { ...effect('contracting', 'table-renamed', name, text), steps };
}

function compareTable(before: Table, after: Table, hasAllRows: boolean): Effect[] {
  const isRewritten = after.storage !== before.storage && (after.rows > 0 || before.rows === 0);
  return [
    ...(isRewritten ? [rewrittenTable(before.name, hasAllRows)] : []),
    ...compareColumns(before, after),
    ...compareConstraints(before, after),
    ...compareIndexes(before, after),
  ];
}

function goneTable(before: Table, successor: Table | undefined): Effect[] {
  const { name } = before;
  const had = before.rows > 0 ? ` its ${count(before.rows)}` : '';
  if (!successor) {
    const text = `table ${name} is dropped${had && `, with${had}`}`;
    const steps = stepsOf('table-dropped', { table: name });
    return [{ ...effect('destructive', 'table-dropped', name, text), steps }];
  }
  const text = `table ${name} is dropped and recreated${had && `, without${had}`}`;
  const counterpart = alike(before, successor);
  return [
    effect('destructive', 'table-recreated', name, text),
    ...compareColumns(before, counterpart),
    ...compareConstraints(before, counterpart),
    ...compareIndexes(before, counterpart),
  ];
}

/**
 * A recreated table, with the ids of columns and indexes replaced by those that had the same names.
 */
function alike(before: Table, { columns, indexes, ...rest }: Table): Table {
  const idIn = (list: readonly { id: string; name: string }[], name: string) =>
    list.find((each) => each.name === name)?.id ?? `new ${name}`;
  return {
    ...rest,
    columns: columns.map((each) => ({ ...each, id: idIn(before.columns, each.name) })),
    indexes: indexes.map((each) => ({ ...each, id: idIn(before.indexes, each.name) })),
  };
}

function rewrittenTable(name: string, hasAllRows: boolean): Effect {
  const text = `table ${name} is rewritten; until that is done nothing else can use it`;
  if (hasAllRows) return effect('expanding', 'table-rewritten', name, text);
  const unknown = `${text}; a copy without all rows cannot tell how long that takes`;
  return effect('contracting', 'table-rewritten', name, unknown);
}

/** A number of rows in words. */
export function count(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`;
}
