import type { TriedStatement } from './asked.ts';
import type { ComparedDefinition } from './definition.ts';
import type { Snapshot } from './snapshot.ts';

/** What was observed on a copy of a database while something booted on it. */
export interface Observation {
  before: Snapshot;
  after: Snapshot;
  /** Statements that changed definitions, in order, as far as the server reports them. */
  changes: readonly DefinitionChange[];
  writes: readonly RowWrite[];
  locks: readonly HeldLock[];
  /** The complete definition as the server's own tools print it. */
  definition: ComparedDefinition;
  /** What production asks, tried before and after. */
  statements?: readonly TriedStatement[] | undefined;
  /** Prepared statements of open connections fail once when the columns of their result change. */
  fixesResults: boolean;
}

/** The statement and the service that caused an effect. */
export interface Origin {
  /** The statement, with hidden values; absent if the server does not record statements. */
  statement?: string | undefined;
  /** The compose service whose container sent it. */
  service?: string | undefined;
  /** Set if that container ran the stable's own code, beside the canary. */
  isStable?: true | undefined;
}

export interface DefinitionChange extends Origin {
  /** Names of the tables and objects that it created, changed or dropped, as in snapshots. */
  objects: readonly string[];
}

/** One statement that changed rows and was committed. */
export interface RowWrite extends Origin {
  table: string;
  kind: 'delete' | 'update' | 'truncate';
  /** For an update, only rows in which a column changed that existed before. */
  rows: number;
}

/** A lock on a table, from when it was first seen until it was released. */
export interface HeldLock extends Origin {
  table: string;
  blocks: 'reads and writes' | 'writes';
  ms: number;
}
