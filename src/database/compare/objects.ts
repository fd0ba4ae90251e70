import { type Effect, effect } from '../finding.ts';
import { type Meaning, objectKind } from '../object-kinds.ts';
import type { DatabaseObject, Snapshot } from '../snapshot.ts';
import { ruled } from './object-rules.ts';
import { partsOf, withParts } from './parts.ts';

/**
 * Changes to everything that is not a table. Objects that are dropped or added with what they belong
 * to are reported with it.
 */
export function compareObjects(before: Snapshot, after: Snapshot, hasAllRows: boolean): Effect[] {
  const pairs = pairsOf(before, after);
  const found = new Set(pairs.values());
  const owners = ownersOf(before, after, pairs);
  const stays = ({ table }: DatabaseObject) => table === undefined || owners.has(table);
  const survivors = new Set(owners.values());
  const joins = ({ table }: DatabaseObject) => table === undefined || survivors.has(table);
  return [
    ...before.objects.flatMap((each) => {
      if (!stays(each)) return [];
      const same = pairs.get(each);
      return same ? changed(before, each, after, same, hasAllRows) : goneObject(before, each);
    }),
    ...after.objects
      .filter((each) => joins(each) && !found.has(each))
      .flatMap((each) => newObject(after, each)),
  ];
}

/** Each object with its counterpart: by its id, or recreated under its name. */
function pairsOf(before: Snapshot, after: Snapshot): Map<DatabaseObject, DatabaseObject> {
  const pairs = new Map<DatabaseObject, DatabaseObject>();
  const owners = new Map(tableIds(before, after).map((id) => [id, id]));
  // What belongs to others comes after them, those to tables first.
  const tables = new Set(before.tables.map(({ id }) => id));
  const rank = ({ table }: DatabaseObject) => (table === undefined ? 0 : tables.has(table) ? 1 : 2);
  for (const each of [...before.objects].sort((left, right) => rank(left) - rank(right))) {
    const { id, kind, name, table } = each;
    const owner = table === undefined ? undefined : owners.get(table);
    if (table !== undefined && owner === undefined) continue;
    const same =
      after.objects.find((other) => other.kind === kind && other.id === id) ??
      after.objects.find(
        (other) => other.kind === kind && other.name === name && other.table === owner,
      );
    if (!same) continue;
    pairs.set(each, same);
    if (!owners.has(id)) owners.set(id, same.id);
  }
  return pairs;
}

/** What objects may belong to and exists before and after: its id before, by that its id after. */
function ownersOf(
  before: Snapshot,
  after: Snapshot,
  pairs: ReadonlyMap<DatabaseObject, DatabaseObject>,
): Map<string, string> {
  return new Map([
    ...[...pairs].map(([old, now]) => [old.id, now.id] as const),
    ...tableIds(before, after).map((id) => [id, id] as const),
  ]);
}

function tableIds(before: Snapshot, after: Snapshot): string[] {
  const ids = new Set(after.tables.map(({ id }) => id));
  return before.tables.map(({ id }) => id).filter((id) => ids.has(id));
}

function goneObject(snapshot: Snapshot, object: DatabaseObject): Effect[] {
  const { isPart, dropped } = objectKind(object.kind);
  return isPart ? [] : [told(snapshot, object, 'dropped', dropped)];
}

function newObject(snapshot: Snapshot, object: DatabaseObject): Effect[] {
  const { isPart, added = ['expanding', 'is new'], addedTo } = objectKind(object.kind);
  if (isPart) return [];
  const meaning = object.table === undefined ? added : (addedTo ?? added);
  return [told(snapshot, object, 'added', meaning)];
}

function changed(
  snapshot: Snapshot,
  before: DatabaseObject,
  afterwards: Snapshot,
  after: DatabaseObject,
  hasAllRows: boolean,
): Effect[] {
  if (after.name !== before.name && after.definition === before.definition) {
    const renamed = told(snapshot, before, 'renamed', [
      'contracting',
      `is renamed to ${after.name}`,
    ]);
    return [withParts(renamed, partsOf(afterwards, after))];
  }
  // Not the parts of what belongs to it.
  const explains = [...(before.parts ?? []), ...(after.parts ?? [])];
  const tell = (verb: string, meaning: Meaning) => [
    { ...told(snapshot, before, verb, meaning), explains },
  ];
  // Its next number is already used by rows.
  if (before.kind === 'sequence' && after.id !== before.id)
    return tell('recreated', [
      'contracting',
      'is dropped and recreated, and counts from its start',
    ]);
  if (after.definition === before.definition) return [];
  const rule = ruled(before, after, hasAllRows);
  if (rule === undefined) return [];
  const [level, sentence] = rule === 'usual' ? objectKind(before.kind).changed : rule;
  const text = sentence
    .replace('{before}', () => before.definition)
    .replace('{after}', () => after.definition);
  return tell('changed', [level, text]);
}

function told(
  snapshot: Snapshot,
  object: DatabaseObject,
  verb: string,
  [level, what]: Meaning,
): Effect {
  const { kind, name, table, source } = object;
  const owner = [...snapshot.tables, ...snapshot.objects].find(({ id }) => id === table)?.name;
  const text = [kind, name, owner && `of ${owner}`, what].filter(Boolean).join(' ');
  const code = `${kind.replaceAll(' ', '-')}-${verb}`;
  const parts = partsOf(snapshot, object);
  return {
    ...effect(level, code, owner ?? name, text, parts),
    changed: source || name || owner || kind,
  };
}
