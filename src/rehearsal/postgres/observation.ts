import type { ComparedDefinition } from '../../database/definition.ts';
import type {
  DefinitionChange,
  HeldLock,
  Observation,
  RowWrite,
} from '../../database/observation.ts';
import type { Snapshot } from '../../database/snapshot.ts';
import { shownStatement } from '../../database/statement.ts';
import { spansOf } from '../held-locks.ts';
import type { ServiceAt } from '../server-kind.ts';

/** What the recorder in a database of a copy logged about one statement. */
export interface Note {
  database: string;
  client: string;
  /** Milliseconds since the epoch. */
  time: number;
  kind: string;
  statement: string;
  /** Ids within their database. */
  relation: string | null;
  objects: readonly string[];
  rows: number | null;
}

/** A lock as it was seen at one moment. */
export interface SeenLock {
  /** Milliseconds since the epoch. */
  at: number;
  pid: number;
  /** Its database and id. */
  relation: string;
  mode: string;
  /** The transaction that holds it, as the server numbers them. */
  transaction: string;
  client: string;
  statement: string;
}

interface Seen {
  before: Snapshot;
  after: Snapshot;
  notes: readonly Note[];
  locks: readonly SeenLock[];
  definition: ComparedDefinition;
  /** Milliseconds between two looks at the locks. */
  interval: number;
}

/** All of it as an observation, only of the services that `serviceAt` knows. */
export function observationOf(
  { before, after, notes, locks, definition, interval }: Seen,
  serviceAt: ServiceAt,
): Observation {
  const names = namesById([before, after]);
  const known = notes.flatMap((note) => {
    const sender = serviceAt(note.client, note.time);
    return sender ? [{ ...note, sender, statement: shownStatement(note.statement) }] : [];
  });
  const changes = known
    .filter(({ relation }) => relation === null)
    .map(({ statement, sender, objects, database }): DefinitionChange => {
      const touched = objects.flatMap((id) => names.get(`${database} ${id}`) ?? []);
      return { statement, ...sender, objects: [...new Set(touched)] };
    });
  const writes = known.flatMap(({ statement, sender, relation, kind, rows, database }) => {
    const [table] = names.get(`${database} ${relation}`) ?? [];
    if (!table) return [];
    return [{ statement, ...sender, table, kind: kind as RowWrite['kind'], rows: rows ?? 0 }];
  });
  const held = heldLocks(locks, interval, before).flatMap(({ client, at, ...lock }): HeldLock[] => {
    const sender = serviceAt(client, at);
    return sender ? [{ ...lock, ...sender, statement: shownStatement(lock.statement) }] : [];
  });
  return { before, after, changes, writes, locks: held, definition, fixesResults: true };
}

/** The names by which a change of each id is reported: of an index its table's. */
function namesById(snapshots: readonly Snapshot[]): Map<string, string[]> {
  const names = new Map<string, string[]>();
  const add = (id: string, name: string) => names.set(id, [...(names.get(id) ?? []), name]);
  for (const { tables, objects } of snapshots) {
    for (const { id, name, indexes } of tables) {
      add(id, name);
      const [database] = id.split(' ');
      for (const index of indexes) add(`${database} ${index.id}`, name);
    }
    for (const { id, name } of objects) add(id, name);
  }
  return names;
}

/** Each lock from the look that first saw it to the last; a session holds one until its transaction ends. */
function heldLocks(seen: readonly SeenLock[], interval: number, { tables }: Snapshot) {
  const keyOf = ({ pid, transaction, relation, mode }: SeenLock) =>
    `${pid} ${transaction} ${relation} ${mode}`;
  // Looks come late on a busy machine; a gap of several is another lock of the same transaction.
  const spans = spansOf(seen, keyOf, (last, next) => next.at - last.at <= interval * 5);
  return spans.flatMap(({ first, last }) => {
    const table = tables.find(({ id }) => id === first.relation)?.name;
    if (!table) return [];
    const { client, at, statement, mode } = first;
    const isWhole = mode === 'AccessExclusiveLock';
    const blocks = isWhole ? ('reads and writes' as const) : ('writes' as const);
    return [{ table, blocks, ms: last.at - at + interval, client, at, statement }];
  });
}
