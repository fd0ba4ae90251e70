import type { ReleaseRecord } from '../git/release-record.ts';

/** Every release, newest first. */
export interface History {
  version: 1;
  releases: HistoryEntry[];
}

/** A release of this machine's journals, or of another clone's, known from git. */
export type HistoryEntry = ReleaseRecord & {
  source: 'journal' | 'git';
  /** Tables that were kept before its canary changed them, and are still there. */
  backups: KeptTables[];
};

/** Tables of one database as they were. */
export interface KeptTables {
  /** The service of the database. */
  service: string;
  tables: readonly string[];
  /** The size of the file. */
  bytes: number;
  /** Where it is. */
  file: string;
  /** Restores them, without anything that was written since. */
  command: string;
}
