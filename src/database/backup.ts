import { type Boot, remainingFindings } from './report.ts';

/** A file with tables of a database as they were before a canary booted on it. */
export interface Backup {
  /** The database service. */
  service: string;
  /** The path of the file, relative to the folder of the journals. */
  file: string;
  tables: readonly string[];
  /** The size of the file. */
  bytes: number;
  /** The program in the database's container that restores the file. */
  restore: readonly string[];
}

/** Tables of one database. */
export interface TablesOf {
  service: string;
  tables: readonly string[];
}

/** The existing tables that a boot changed, by database. */
export function touchedTables(report: Boot): TablesOf[] {
  const touched = new Map<string, Set<string>>();
  for (const { kind, database, object } of remainingFindings(report))
    if (isOfTable(kind)) touched.set(database, (touched.get(database) ?? new Set()).add(object));
  return [...touched].map(([service, tables]) => ({ service, tables: [...tables].sort() }));
}

/** Whether a finding is about a table that existed before. */
function isOfTable(kind: string): boolean {
  const isNamed = /^(table|column|default|rows|constraint|index|trigger|policy)-/.test(kind);
  return isNamed && kind !== 'table-added';
}
