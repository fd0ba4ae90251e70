import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CLASSES } from '../../../../src/database/finding-class.ts';
import type { Snapshot, Table } from '../../../../src/database/snapshot.ts';
import { arbitrarySnapshot, judged, object, table } from '../../../support/fixture-database.ts';

test('no change, no finding', () => {
  fc.assert(
    fc.property(arbitrarySnapshot, (world) => {
      expect(judged(world, structuredClone(world))).toEqual([]);
    }),
  );
});

test('every missing table is destructive, whatever else happened', () => {
  fc.assert(
    fc.property(arbitrarySnapshot, arbitrarySnapshot, (before, after) => {
      const found = judged(before, after);
      for (const { id, name } of before.tables) {
        if (after.tables.some((each) => each.id === id)) continue;
        expect(found).toContainEqual(
          expect.objectContaining({ class: 'destructive', object: name }),
        );
      }
    }),
  );
});

test('findings are sorted, the worst first, and each names its object', () => {
  fc.assert(
    fc.property(arbitrarySnapshot, arbitrarySnapshot, (before, after) => {
      const found = judged(before, after);
      const ranks = found.map((each) => CLASSES.indexOf(each.class));
      expect(ranks).toEqual(ranks.toSorted((left, right) => left - right));
      const names = new Set(
        [before, after]
          .flatMap(({ tables, objects }) => [...tables, ...objects])
          .map((each) => each.name),
      );
      expect(found.filter((each) => !names.has(each.object))).toEqual([]);
    }),
  );
});

/** Further differences, each independent of the others. */
const MORE: readonly ((world: Snapshot) => Snapshot)[] = [
  (world) => ({ ...world, tables: [...world.tables, table('more')] }),
  (world) => ({ ...world, objects: [...world.objects, object('view', 'more')] }),
  (world) => ({ ...world, objects: [] }),
  (world) => ({ ...world, tables: world.tables.slice(1) }),
  (world) => onFirst(world, (first) => ({ ...first, name: 'moved' })),
  (world) => onFirst(world, (first) => ({ ...first, id: 'anew' })),
  (world) => onFirst(world, (first) => ({ ...first, columns: first.columns.slice(1) })),
  (world) => onFirst(world, (first) => ({ ...first, rows: 0 })),
];

function onFirst({ tables, objects }: Snapshot, change: (first: Table) => Table): Snapshot {
  const [first, ...rest] = tables;
  return { objects, tables: first ? [change(first), ...rest] : [] };
}

test('one more difference never makes the result milder', () => {
  fc.assert(
    fc.property(
      ...([arbitrarySnapshot, arbitrarySnapshot, fc.constantFrom(...MORE)] as const),
      (before, after, more) => {
        const rank = (world: Snapshot) =>
          CLASSES.indexOf(judged(before, world)[0]?.class ?? 'none');
        // Undoing a difference is not one more difference.
        fc.pre(addsOnly(before, after, more(after)));
        expect(rank(more(after))).toBeLessThanOrEqual(rank(after));
      },
    ),
  );
});

/** Whether no difference was undone: the first table and all objects were still unchanged. */
function addsOnly(before: Snapshot, after: Snapshot, more: Snapshot): boolean {
  const same = (left: unknown, right: unknown) => JSON.stringify(left) === JSON.stringify(right);
  const keepsObjects = same(after.objects, more.objects) || same(before.objects, after.objects);
  const [first] = after.tables;
  const was = before.tables.find(({ id }) => id === first?.id);
  return keepsObjects && (same(first, more.tables[0]) || same(first, was));
}
