import { compareColumns } from './compare-columns.ts';
import { compareObjects } from './compare-objects.ts';
import { compareConstraints, compareIndexes } from './compare-rules.ts';
import type { Difference } from './finding.ts';
import type { Snapshot, Table } from './snapshot.ts';

/** What the difference of two snapshots means. Rows that went away or changed are told elsewhere. */
export function compareSnapshots(
  before: Snapshot,
  after: Snapshot,
  /** Locks were held for as long as they will be in production: the copy has all the rows. */
  hasAllRows: boolean,
): Difference[] {
  const found: Difference[] = [];
  for (const table of before.tables) {
    const same = after.tables.find(({ id }) => id === table.id);
    found.push(...(same ? compareTable(table, same, hasAllRows) : [goneTable(table, after)]));
  }
  const known = new Set(before.tables.map(({ name }) => name));
  const ids = new Set(before.tables.map(({ id }) => id));
  for (const { id, name } of after.tables) {
    if (ids.has(id) || known.has(name)) continue;
    found.push(change('expanding', 'table-added', name, `table ${name} is new`));
  }
  return [...found, ...compareObjects(before, after)];
}

function compareTable(before: Table, after: Table, hasAllRows: boolean): Difference[] {
  const found: Difference[] = [];
  const { name } = before;
  if (after.name !== name)
    found.push(
      change('contracting', 'table-renamed', name, `table ${name} is renamed to ${after.name}`),
    );
  const isRewritten = after.storage !== before.storage && (after.rows > 0 || before.rows === 0);
  if (isRewritten) found.push(rewrittenTable(name, hasAllRows));
  return [
    ...found,
    ...compareColumns(before, after),
    ...compareConstraints(before, after),
    ...compareIndexes(before, after),
  ];
}

function goneTable({ name, rows }: Table, after: Snapshot): Difference {
  const had = rows > 0 ? ` its ${count(rows)}` : '';
  const isBack = after.tables.some((each) => each.name === name);
  if (isBack) {
    const text = `table ${name} is dropped and made anew${had && `, without${had}`}`;
    return change('destructive', 'table-recreated', name, text);
  }
  const text = `table ${name} is dropped${had && `, with${had}`}`;
  return change('destructive', 'table-dropped', name, text);
}

function rewrittenTable(name: string, hasAllRows: boolean): Difference {
  const text = `table ${name} is written anew, and locked for so long`;
  return hasAllRows
    ? change('expanding', 'table-rewritten', name, text)
    : change(
        'contracting',
        'table-rewritten',
        name,
        `${text}; on a copy without all rows nobody knows how long that is`,
      );
}

/** Rows in words. */
export function count(rows: number): string {
  return rows === 1 ? '1 row' : `${rows.toLocaleString('en-US')} rows`;
}

function change(kind: Difference['class'], code: string, table: string, text: string): Difference {
  return { class: kind, kind: code, object: table, text, changed: table };
}
