import { type Boot, remainingFindings } from './report.ts';

/** Tables of a database as they were before a canary booted on it, in a file. */
export interface Backup {
  /** The service of the database. */
  service: string;
  /** Where the journals are. */
  file: string;
  tables: readonly string[];
  /** Of the file. */
  bytes: number;
  /** The program in the database's container that reads it. */
  restore: readonly string[];
}

/** Tables of one database. */
export interface TablesOf {
  service: string;
  tables: readonly string[];
}

/** The tables that were there before a boot and that it changes, by database. */
export function touchedTables(report: Boot): TablesOf[] {
  const touched = new Map<string, Set<string>>();
  for (const { kind, database, object } of remainingFindings(report))
    if (isOfTable(kind)) touched.set(database, (touched.get(database) ?? new Set()).add(object));
  return [...touched].map(([service, tables]) => ({ service, tables: [...tables].sort() }));
}

/** Whether a finding is about a table that was there. */
function isOfTable(kind: string): boolean {
  const isNamed = /^(table|column|default|rows|constraint|index|trigger|policy)-/.test(kind);
  return isNamed && kind !== 'table-added';
}
