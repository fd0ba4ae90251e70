import type { Effect } from '../finding.ts';
import type { DatabaseObject, Snapshot, Table } from '../snapshot.ts';

/** The parts of the complete definition that an object and all that belongs to it stand for. */
export function partsOf(snapshot: Snapshot, { id, parts = [] }: DatabaseObject): string[] {
  return [...parts, ...belonging(snapshot, id)];
}

/** The same of a table. */
export function partsOfTable(snapshot: Snapshot, table: Table): string[] {
  const { id, parts = [], columns, indexes, constraints } = table;
  const inner = [...columns, ...indexes, ...constraints].flatMap((each) => each.parts ?? []);
  return [...parts, ...inner, ...belonging(snapshot, id)];
}

/** An effect that explains more. */
export function withParts(effect: Effect, parts: readonly string[]): Effect {
  return { ...effect, explains: [...(effect.explains ?? []), ...parts] };
}

function belonging({ objects }: Snapshot, id: string): string[] {
  const of = (owners: readonly string[]) =>
    objects.filter(({ table }) => table !== undefined && owners.includes(table));
  const direct = of([id]);
  // Such as the owner of a table's sequence; nothing belongs to that in turn.
  const indirect = of(direct.map((each) => each.id));
  return [...direct, ...indirect].flatMap(({ parts = [] }) => parts);
}
