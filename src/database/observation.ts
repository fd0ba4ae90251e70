import type { Snapshot } from './snapshot.ts';

/** What was seen of a copy of a database while something booted on it. */
export interface Observation {
  before: Snapshot;
  after: Snapshot;
  /** Statements that changed definitions, in their order, as far as the server tells. */
  changes: readonly DefinitionChange[];
  writes: readonly RowWrite[];
  locks: readonly HeldLock[];
}

/** Who asked the database for something. */
export interface Origin {
  /** The statement, its values hidden; absent where the server keeps no record of statements. */
  statement?: string | undefined;
  /** The compose service whose container sent it. */
  service?: string | undefined;
}

export interface DefinitionChange extends Origin {
  /** Names of tables and objects that it made, changed or dropped, as in snapshots. */
  objects: readonly string[];
}

/** One statement that changed rows and was committed. */
export interface RowWrite extends Origin {
  table: string;
  kind: 'delete' | 'update' | 'truncate';
  /** Of an update only rows in which a column changed that was there before. */
  rows: number;
}

/** A lock on a table, from when it was seen until it was gone. */
export interface HeldLock extends Origin {
  table: string;
  blocks: 'reads and writes' | 'writes';
  ms: number;
}
