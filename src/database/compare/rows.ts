import type { Effect } from '../finding.ts';
import type { Observation, Origin, RowWrite } from '../observation.ts';
import type { Table } from '../snapshot.ts';
import { namesNoRows } from '../statement.ts';
import { count } from './snapshots.ts';

/** Tables where migration tools record what they have done: they write there at every boot. */
const BOOKKEEPING = new Set([
  ...['__diesel_schema_migrations', '__drizzle_migrations', '__efmigrationshistory'],
  ...['_prisma_migrations', '_sqlx_migrations', '_yoyo_migration', 'aerich', 'alembic_version'],
  ...['ar_internal_metadata', 'atlas_schema_revisions', 'bun_migration_locks', 'bun_migrations'],
  ...['databasechangelog', 'databasechangeloglock', 'django_migrations'],
  ...['doctrine_migration_versions', 'flyway_schema_history', 'goose_db_version'],
  ...['gorp_migrations', 'knex_migrations', 'knex_migrations_lock', 'kysely_migration'],
  ...['kysely_migration_lock', 'migratehistory', 'migrations', 'mikro_orm_migrations'],
  ...['pgmigrations', 'phinxlog', 'play_evolutions', 'refinery_schema_history'],
  ...['schema_migration', 'schema_migrations', 'schema_version', 'schemaversions'],
  ...['sequelizemeta', 'typeorm_metadata'],
]);

/** Those of them in which a tool only notes that it is at work. */
const LOCKS = /locks?$/i;

/** Changes to the existing rows. A loss counts from `massShare` percent of a table's rows. */
export function compareRows(
  { before, after, writes }: Pick<Observation, 'before' | 'after' | 'writes'>,
  massShare: number,
): Effect[] {
  return before.tables.flatMap((table) => {
    const same = after.tables.find(({ id }) => id === table.id);
    if (!same) return [];
    const all = writes.filter((write) => write.table === table.name || write.table === same.name);
    const own = all.filter(({ isStable }) => !isStable);
    const others = all.filter(({ isStable }) => isStable);
    if (BOOKKEEPING.has(unqualified(table.name).toLowerCase()))
      return recorded(table, same.rows, own);
    const emptied = own.find(({ kind }) => kind === 'truncate');
    if (emptied) return [emptiedTable(table, emptied)];
    const noted = deletions(table, own, massShare);
    return [
      ...(noted.length > 0 ? noted : unseen(table, same.rows, others, massShare)),
      ...updates(table, own, massShare),
    ];
  });
}

/** Code that does not know the recorded migrations may not start: some tools refuse that. */
function recorded(table: Table, rows: number, writes: readonly RowWrite[]): Effect[] {
  const moved = writes.find(({ kind, rows: many }) => kind === 'truncate' || many > 0);
  if (LOCKS.test(table.name) || (!moved && rows === table.rows)) return [];
  const text = `other migrations are recorded in ${table.name}`;
  return [rowsOf(table, 'none', 'migrations-recorded', text, moved ?? {})];
}

function emptiedTable(table: Table, write: RowWrite): Effect {
  const had = table.rows > 0 ? ` of its ${count(table.rows)}` : '';
  const text = `table ${table.name} is emptied${had}`;
  return rowsOf(table, 'destructive', 'table-truncated', text, write);
}

function deletions(table: Table, writes: readonly RowWrite[], massShare: number): Effect[] {
  const deletes = writes.filter(({ kind }) => kind === 'delete');
  // If the copy has few rows or none, the statement shows more than the number of deleted rows.
  const all = deletes.find(({ statement = '' }) => namesNoRows(statement));
  const rows = deletes.reduce((sum, each) => sum + each.rows, 0);
  if (rows === 0 && !all) return [];
  const [worst] = [...deletes].sort((left, right) => right.rows - left.rows);
  const isMass = all !== undefined || isMassive(rows, table.rows, massShare);
  const text = all ? `every row of ${table.name} is deleted` : `${share(rows, table)} deleted`;
  return [rowsOf(table, isMass ? 'destructive' : 'none', 'rows-deleted', text, all ?? worst ?? {})];
}

/**
 * Reports fewer rows than before without a recorded statement: a loss that could not be observed.
 * `others`: what the stable's own code wrote meanwhile.
 */
function unseen(
  table: Table,
  rows: number,
  others: readonly RowWrite[],
  massShare: number,
): Effect[] {
  const removals = others.filter(({ kind }) => kind !== 'update');
  const isEmptied = removals.some(({ kind }) => kind === 'truncate');
  const removed = removals.reduce((sum, each) => sum + each.rows, 0);
  const lost = isEmptied ? 0 : table.rows - rows - removed;
  if (lost <= 0) return [];
  const kind = isMassive(lost, table.rows, massShare) ? 'destructive' : 'none';
  const text = `${share(lost, table)} gone`;
  return [rowsOf(table, kind, 'rows-deleted', text, {})];
}

function updates(table: Table, writes: readonly RowWrite[], massShare: number): Effect[] {
  const own = writes.filter(({ kind, rows }) => kind === 'update' && rows > 0);
  const rows = own.reduce((sum, each) => sum + each.rows, 0);
  if (rows === 0) return [];
  const [worst] = [...own].sort((left, right) => right.rows - left.rows);
  // A table with one row is a setting or a counter.
  const isMass = rows > 1 && isMassive(rows, table.rows, massShare);
  const text = `${share(rows, table)} overwritten`;
  return [rowsOf(table, isMass ? 'destructive' : 'none', 'rows-updated', text, worst ?? {})];
}

function isMassive(rows: number, of: number, massShare: number): boolean {
  // Rows in a table that was empty before are the canary's own.
  return rows > 0 && of > 0 && rows * 100 >= of * massShare;
}

/**
 * The number of a table's rows, with the verb. A statement may affect more rows than the table had
 * at first.
 */
function share(rows: number, { name, rows: of }: Table): string {
  if (of > 1 && rows >= of) return `all ${count(of)} of ${name} are`;
  const [amount, verb] = [count(rows), rows === 1 ? 'is' : 'are'];
  if (rows >= of) return `${amount} of ${name} ${verb}`;
  return `${amount.split(' ')[0]} of the ${count(of)} of ${name} ${verb}`;
}

function unqualified(name: string): string {
  return name.slice(name.lastIndexOf('.') + 1);
}

function rowsOf(
  { name: object }: Table,
  level: Effect['class'],
  kind: string,
  text: string,
  { statement, service }: Origin,
): Effect {
  return { class: level, kind, object, text, statement, service };
}
