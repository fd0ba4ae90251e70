import { literal, quoted } from './client.ts';
import type { MysqlTable } from './snapshot.ts';

/**
 * Rows are compared with an imprint of them: the primary key and a checksum of each other column. So what was rolled
 * back leaves no trace, and what cascades and triggers changed is seen.
 */
export interface Imprint {
  of: MysqlTable;
  /** The table that holds it, quoted. */
  place: string;
}

/** The statement that creates an imprint. */
export function imprintStatement({ of, place }: Imprint): string {
  const keys = of.key.map((column, index) => `${quoted(column)} AS k${index}`);
  const sums = comparable(of).map((column, index) => `CRC32(${quoted(column)}) AS c${index}`);
  const columns = [...keys, ...sums].join(', ') || '1 AS c';
  return `CREATE TABLE ${place} AS SELECT ${columns} FROM ${tableIn(of)}`;
}

/** How many rows of a table are lost or changed, as `{"table","lost","changed"}`; columns are matched by their ids. */
export function lossQuery({ of, place }: Imprint, now: MysqlTable): string {
  const present = (column: string) => now.columns.find(({ id }) => id === column)?.name;
  const pairs = comparable(of).flatMap((column, index) => {
    const same = now.columns.find(({ id }) => id === column);
    const isSameType = of.columns.some(({ id, type }) => id === column && type === same?.type);
    return same && isSameType && !now.generated.includes(same.name)
      ? [{ was: `c${index}`, now: quoted(same.name) }]
      : [];
  });
  const key = of.key.map(present);
  const hasKey =
    key.length > 0 &&
    key.length === now.key.length &&
    key.every((column) => column && now.key.includes(column));
  const counts = hasKey
    ? byKey(place, now, key as string[], pairs)
    : byContent(place, now, of.rows, pairs);
  return `SELECT JSON_OBJECT('table',${literal(of.id)},${counts}`;
}

interface Pair {
  was: string;
  now: string;
}

function byKey(place: string, now: MysqlTable, key: readonly string[], pairs: readonly Pair[]) {
  const first = `t.${quoted(key[0] ?? '')}`;
  // Filling what was null, whose checksum is null, overwrites nothing.
  const same = pairs.map(
    ({ was, now: column }) => `(b.${was} IS NULL OR b.${was} <=> CRC32(t.${column}))`,
  );
  const match = key.map((column, index) => `t.${quoted(column)} = b.k${index}`);
  const changed = same.length > 0 ? `${first} IS NOT NULL AND NOT (${same.join(' AND ')})` : '0';
  return (
    `'lost',COALESCE(SUM(${first} IS NULL),0),'changed',COALESCE(SUM(${changed}),0)) ` +
    `FROM ${place} b LEFT JOIN ${tableIn(now)} t ON ${match.join(' AND ')}`
  );
}

/** Without a key a row is identified by its content: missing rows beyond the lost ones count as changed. */
function byContent(place: string, now: MysqlTable, rows: number, pairs: readonly Pair[]) {
  const sums = (columns: readonly string[], table: string) => {
    const texts = columns.map((column) => `COALESCE(${column},'-')`);
    const hash = texts.length > 0 ? `MD5(CONCAT_WS(',',${texts.join(',')}))` : "''";
    return `(SELECT ${hash} h, COUNT(*) n FROM ${table} GROUP BY h)`;
  };
  const before = sums(
    pairs.map(({ was }) => was),
    place,
  );
  const after = sums(
    pairs.map((pair) => `CRC32(${pair.now})`),
    tableIn(now),
  );
  const lost = `GREATEST(${rows} - ${now.rows},0)`;
  const missing = 'COALESCE(SUM(GREATEST(CAST(b.n AS SIGNED) - COALESCE(a.n,0),0)),0)';
  return (
    `'lost',${lost},'changed',GREATEST(${missing} - ${lost},0)) ` +
    `FROM ${before} b LEFT JOIN ${after} a ON a.h = b.h`
  );
}

/** Columns with their own values, without the key. */
function comparable({ columns, key, generated }: MysqlTable): string[] {
  return columns
    .map(({ name }) => name)
    .filter((name) => !key.includes(name) && !generated.includes(name));
}

/** Counts the rows of tables, by their ids. */
export function rowQueries(tables: readonly MysqlTable[]): string {
  const count = (table: MysqlTable) =>
    `SELECT JSON_OBJECT('id',${literal(table.id)},'rows',COUNT(*)) FROM ${tableIn(table)};`;
  return tables.map(count).join('\n');
}

/** A table with its database, quoted. */
function tableIn({ schema, bare }: MysqlTable): string {
  return `${quoted(schema)}.${quoted(bare)}`;
}
