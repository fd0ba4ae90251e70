import type { RowWrite } from '../../database/observation.ts';
import type { Column, Snapshot, Table } from '../../database/snapshot.ts';
import { nextTurn } from '../../system/clock.ts';
import { type Sqlite, sqliteName } from '../../system/sqlite/sqlite.ts';

/** A table that exists before and after, and the columns that it has in both. */
interface Pair {
  before: Table;
  after: Table;
  columns: readonly (readonly [Column, Column])[];
}

/** Rows that are gone or changed since `before`, which is attached as `old`: SQLite logs no statements. */
export async function readWrites(
  database: Sqlite,
  before: Snapshot,
  after: Snapshot,
  signal: AbortSignal,
): Promise<RowWrite[]> {
  const writes: RowWrite[] = [];
  for (const pair of pairs(before, after)) {
    // Reading blocks this one thread: other work must get its turn.
    await nextTurn();
    signal.throwIfAborted();
    const { gone, changed } = byKey(database, pair) ?? byContent(database, pair);
    const table = pair.before.name;
    if (gone > 0) writes.push({ table, kind: 'delete', rows: gone });
    if (changed > 0) writes.push({ table, kind: 'update', rows: changed });
  }
  return writes;
}

function pairs(before: Snapshot, after: Snapshot): Pair[] {
  return before.tables.flatMap((table) => {
    const same = after.tables.find(({ id }) => id === table.id);
    if (!same) return [];
    const columns = table.columns.flatMap((column) => {
      const counterpart = same.columns.find(({ id }) => id === column.id);
      return counterpart ? [[column, counterpart] as const] : [];
    });
    return [{ before: table, after: same, columns }];
  });
}

interface Count {
  gone: number;
  changed: number;
}

/** Row by row, if both tables have the same key. */
function byKey(database: Sqlite, { before, after, columns }: Pair): Count | undefined {
  const [key, same] = [before, after].map(({ constraints }) =>
    constraints.find(({ kind }) => kind === 'primary key'),
  );
  if (!key || key.definition !== same?.definition) return undefined;
  const parts = key.definition.split(', ').map(sqliteName);
  const isSame = parts.map((part) => `n.${part} IS o.${part}`).join(' AND ');
  // Filling what was null overwrites nothing.
  const differs = columns.map(
    ([left, right]) =>
      `(o.${sqliteName(left.name)} IS NOT NULL AND ${value('o', left, right)} IS NOT ${value('n', right, left)})`,
  );
  const [from, to] = [`old.${sqliteName(before.name)} o`, `main.${sqliteName(after.name)} n`];
  try {
    return {
      gone: count(
        database,
        `SELECT count(*) FROM ${from} WHERE NOT EXISTS (SELECT 1 FROM ${to} WHERE ${isSame})`,
      ),
      changed: count(
        database,
        `SELECT count(*) FROM ${from} JOIN ${to} ON ${isSame} WHERE ${differs.join(' OR ')}`,
      ),
    };
  } catch {
    // A key may have an order that only the program knows.
    return undefined;
  }
}

/** As sets: which row became which is not known. */
function byContent(database: Sqlite, { before, after, columns }: Pair): Count {
  const gone = Math.max(0, before.rows - after.rows);
  if (columns.length === 0) return { gone, changed: 0 };
  const old = columns.map(([left, right]) => value('o', left, right)).join(', ');
  const now = columns.map(([left, right]) => value('n', right, left)).join(', ');
  const missing = count(
    database,
    `SELECT count(*) FROM (SELECT ${old} FROM old.${sqliteName(before.name)} o NOT INDEXED EXCEPT SELECT ${now} FROM main.${sqliteName(after.name)} n NOT INDEXED)`,
  );
  return { gone, changed: Math.max(0, missing - gone) };
}

/** A value to compare, byte by byte; as text if the column has another type now. */
function value(table: string, column: Column, other: Column): string {
  const name = `${table}.${sqliteName(column.name)}`;
  return column.type === other.type ? `${name} COLLATE BINARY` : `CAST(${name} AS TEXT)`;
}

function count(database: Sqlite, sql: string): number {
  return Number(Object.values(database.get(sql) ?? {})[0]);
}
