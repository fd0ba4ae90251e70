import type { Definition } from '../../database/definition.ts';
import type { Observation } from '../../database/observation.ts';
import type { Snapshot } from '../../database/snapshot.ts';
import type { Sqlite } from '../../system/sqlite/sqlite.ts';
import { readWrites } from './compare-rows.ts';
import { definitionOf } from './definition.ts';
import { readSnapshot } from './snapshot.ts';

/** A database as it was. */
export interface State {
  snapshot: Snapshot;
  definition: Definition;
}

export function stateOf(database: Sqlite): State {
  return { snapshot: readSnapshot(database), definition: definitionOf(database) };
}

/** What a database is now, and what changed since `before`: `path` is a file of that time. */
export async function observationOf(
  database: Sqlite,
  before: State,
  path: string,
  signal: AbortSignal,
): Promise<{ observation: Observation; after: State }> {
  const after = stateOf(database);
  database.run('ATTACH ? AS old', path);
  const writes = await readWrites(database, before.snapshot, after.snapshot, signal);
  return { observation: { ...between(before, after), writes }, after };
}

/** What is known without the rows. */
export function between(before: State, after: State): Observation {
  return {
    before: before.snapshot,
    after: after.snapshot,
    changes: [],
    writes: [],
    locks: [],
    definition: { before: before.definition, after: after.definition },
    // SQLite prepares a statement again when what it reads has changed.
    fixesResults: false,
  };
}
