import type { DefinitionChange, HeldLock, Observation, RowWrite } from '../observation.ts';
import type { Snapshot } from '../snapshot.ts';
import { shownStatement } from '../statement.ts';

/** What the instruments in a database of a copy noted of one statement. */
export interface Note {
  client: string;
  /** Milliseconds of the epoch. */
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
  client: string;
  statement: string;
}

export interface PostgresNotes {
  before: Snapshot;
  after: Snapshot;
  notes: readonly (Note & { database: string })[];
  locks: readonly SeenLock[];
  /** Milliseconds between two looks at the locks. */
  interval: number;
}

/** All of it as an observation, of the services whose doings are asked for alone. */
export function observationOf(
  { before, after, notes, locks, interval }: PostgresNotes,
  serviceAt: (address: string, at: number) => string | undefined,
): Observation {
  const names = namesById([before, after]);
  const known = notes.flatMap((note) => {
    const service = serviceAt(note.client, note.time);
    return service ? [{ ...note, service, statement: shownStatement(note.statement) }] : [];
  });
  const changes = known
    .filter(({ relation }) => relation === null)
    .map(({ statement, service, objects, database }): DefinitionChange => {
      const touched = objects.flatMap((id) => names.get(`${database} ${id}`) ?? []);
      return { statement, service, objects: [...new Set(touched)] };
    });
  const writes = known.flatMap(({ statement, service, relation, kind, rows, database }) => {
    const [table] = names.get(`${database} ${relation}`) ?? [];
    if (!table) return [];
    return [{ statement, service, table, kind: kind as RowWrite['kind'], rows: rows ?? 0 }];
  });
  const held = heldLocks(locks, interval, before).flatMap(({ client, at, ...lock }): HeldLock[] => {
    const service = serviceAt(client, at);
    return service ? [{ ...lock, service, statement: shownStatement(lock.statement) }] : [];
  });
  return { before, after, changes, writes, locks: held };
}

/** The names by which a change of each thing is told: of an index and a rule also its table's. */
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
  const spans = new Map<string, { first: SeenLock; last: SeenLock }[]>();
  for (const lock of seen) {
    const key = `${lock.pid} ${lock.relation} ${lock.mode}`;
    const list = spans.get(key) ?? [];
    const current = list.at(-1);
    // Looks come late on a busy machine; a gap of several is another transaction.
    if (current && lock.at - current.last.at <= interval * 5) current.last = lock;
    else list.push({ first: lock, last: lock });
    spans.set(key, list);
  }
  return [...spans.values()].flat().flatMap(({ first, last }) => {
    const table = tables.find(({ id }) => id === first.relation)?.name;
    if (!table) return [];
    const blocks: HeldLock['blocks'] =
      first.mode === 'AccessExclusiveLock' ? 'reads and writes' : 'writes';
    const ms = last.at - first.at + interval;
    return [{ table, blocks, ms, client: first.client, at: first.at, statement: first.statement }];
  });
}
