import { type Effect, effect, type FindingClass } from '../finding.ts';
import type { DatabaseObject, Snapshot } from '../snapshot.ts';

/**
 * Changes to everything that is not a table. Objects that are dropped or added with their table are
 * reported with it.
 */
export function compareObjects(before: Snapshot, after: Snapshot): Effect[] {
  const stays = (table: string | undefined) =>
    table === undefined ||
    (before.tables.some(({ id }) => id === table) && after.tables.some(({ id }) => id === table));
  const gone = before.objects.filter((each) => stays(each.table) && !counterpart(after, each));
  const come = after.objects.filter((each) => stays(each.table) && !counterpart(before, each));
  return [
    ...gone.map((each) => told(before, each, 'contracting', 'dropped', dropped(each))),
    ...before.objects.flatMap((each) => {
      const same = stays(each.table) ? counterpart(after, each) : undefined;
      return same ? changed(before, each, same) : [];
    }),
    ...come.map((each) => {
      const kind = worksOnStable(each) ? 'contracting' : 'expanding';
      return told(after, each, kind, 'added', 'is new');
    }),
  ];
}

/** The same object in the other snapshot: by its id, or recreated under its name. */
function counterpart({ objects }: Snapshot, { id, kind, name, table }: DatabaseObject) {
  return (
    objects.find((each) => each.kind === kind && each.id === id) ??
    objects.find((each) => each.kind === kind && each.name === name && each.table === table)
  );
}

function changed(snapshot: Snapshot, before: DatabaseObject, after: DatabaseObject): Effect[] {
  const tell = (level: FindingClass, verb: string, what: string) => [
    told(snapshot, before, level, verb, what),
  ];
  if (after.name !== before.name && after.definition === before.definition)
    return tell('contracting', 'renamed', `is renamed to ${after.name}`);
  // Its next number is already used by rows.
  if (before.kind === 'sequence' && after.id !== before.id)
    return tell('contracting', 'recreated', 'is dropped and recreated, and counts from its start');
  if (after.definition === before.definition) return [];
  const values = new Set(after.definition.split('\n'));
  const hasAll = before.definition.split('\n').every((value) => values.has(value));
  if (before.kind === 'type' && hasAll) return tell('expanding', 'changed', 'has new values');
  if (before.kind === 'grant' && hasAll) return tell('expanding', 'changed', 'allows more');
  return tell('contracting', 'changed', 'is changed');
}

function dropped({ kind }: DatabaseObject): string {
  return kind === 'grant' ? 'is taken away' : 'is dropped';
}

/** Whether it affects what the stable does on an existing table. */
function worksOnStable({ kind, table }: DatabaseObject): boolean {
  return table !== undefined && (kind === 'trigger' || kind === 'policy');
}

function told(
  { tables }: Snapshot,
  { kind, name, table }: DatabaseObject,
  level: FindingClass,
  verb: string,
  what: string,
): Effect {
  const owner = tables.find(({ id }) => id === table)?.name;
  const text = `${kind} ${name}${owner ? ` of ${owner}` : ''} ${what}`;
  const code = `${kind.replaceAll(' ', '-')}-${verb}`;
  return { ...effect(level, code, owner ?? name, text), changed: name };
}
