import type { Database } from 'node-sqlite3-wasm';
import { rollBack } from './rollback-journal.ts';

/** An SQLite database in a file of this machine that no other process uses. */
export type Sqlite = Database;

/**
 * Opens a file, and applies what its log or journal holds. The schema is not trusted: it must not run a function that
 * could do harm.
 */
export async function openSqlite(path: string): Promise<Sqlite> {
  await rollBack(path);
  const { default: module } = await import('node-sqlite3-wasm');
  const database = new module.Database(path, { fileMustExist: true });
  // Without shared memory only one connection can read a log.
  database.exec('PRAGMA locking_mode = EXCLUSIVE');
  database.exec('PRAGMA foreign_keys = OFF');
  database.exec('PRAGMA trusted_schema = OFF');
  return database;
}

/** A name, quoted for a statement. */
export function sqliteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
