import type { ReleaseRecord } from '../git/release-record.ts';

/** Every release, newest first. */
export interface History {
  version: 1;
  releases: HistoryEntry[];
}

/**
 * A release from this machine's journals, or one from another clone that is known only from git.
 */
export type HistoryEntry = ReleaseRecord & {
  source: 'journal' | 'git';
  /** Backups of tables, made before its canary changed them, that still exist. */
  backups: KeptTables[];
};

/** A backup of tables of one database, as they were before. */
export interface KeptTables {
  /** The database service. */
  service: string;
  tables: readonly string[];
  /** The size of the file. */
  bytes: number;
  /** The path of the file. */
  file: string;
  /** The command that restores the tables; everything written to them since then is lost. */
  command: string;
}
