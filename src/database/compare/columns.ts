import { type Effect, effect } from '../finding.ts';
import type { FindingClass } from '../finding-class.ts';
import type { Column, Table } from '../snapshot.ts';
import { stepsOf } from '../ways.ts';
import { isWidened } from './column-type.ts';

/** Changes to the columns of a table that still exists. */
export function compareColumns(before: Table, after: Table): Effect[] {
  const ids = new Set(before.columns.map(({ id }) => id));
  const names = new Set(before.columns.map(({ name }) => name));
  const tell = (column: Column, [level, kind, what]: Change, same?: Column): Effect => ({
    ...effect(level, kind, before.name, `column ${before.name}.${column.name} ${what}`),
    steps: stepsOf(wayOf(kind, column, same), {
      table: before.name,
      column: column.name,
      to: same?.name,
      type: same?.type,
      isRequired: !column.isNullable && !column.hasDefault,
    }),
  });
  return [
    ...before.columns.flatMap((column) => {
      const same = after.columns.find(({ id }) => id === column.id);
      const changes = same ? columnChanges(column, same) : [droppedColumn(column, after)];
      const counterpart = same ?? after.columns.find(({ name }) => name === column.name);
      const isRenamed = same !== undefined && same.name !== column.name;
      // Indexes and constraints on a renamed column are printed with its new name.
      const parts = [
        ...(column.parts ?? []),
        ...(counterpart?.parts ?? []),
        ...(isRenamed
          ? [before, after].flatMap(({ indexes, constraints }) =>
              [...indexes, ...constraints].flatMap((each) => each.parts ?? []),
            )
          : []),
      ];
      return changes.map((each) => ({ ...tell(column, each, counterpart), explains: parts }));
    }),
    ...after.columns
      .filter(({ id, name }) => !ids.has(id) && !names.has(name))
      .map((column) => ({ ...tell(column, addedColumn(column)), explains: column.parts ?? [] })),
  ];
}

/** A narrower type needs no other column. */
function wayOf(kind: string, before: Column, after: Column | undefined): string {
  const isNarrower = kind === 'column-retyped' && after && isWidened(after.type, before.type);
  return isNarrower ? 'column-narrowed' : kind;
}

/** The class of the change, its kind, and what happens to the column. */
type Change = [FindingClass, string, string];

function columnChanges(before: Column, after: Column): Change[] {
  const changes: Change[] = [];
  if (after.name !== before.name)
    changes.push(['contracting', 'column-renamed', `is renamed to ${after.name}`]);
  if (after.type !== before.type) changes.push(retyped(before.type, after.type));
  if (before.isNullable && !after.isNullable)
    changes.push(['contracting', 'column-not-null', 'may no longer be null']);
  if (!before.isNullable && after.isNullable)
    changes.push(['expanding', 'column-nullable', 'may now be null']);
  if (before.hasDefault && !after.hasDefault)
    changes.push([
      'contracting',
      'default-dropped',
      after.isNullable
        ? 'loses its default: inserts of the stable that leave it out store nothing'
        : 'loses its default and may not be null: inserts of the stable that leave it out fail',
    ]);
  if (!before.hasDefault && after.hasDefault)
    changes.push(['expanding', 'default-added', 'has a default now']);
  if (before.hasDefault && after.hasDefault) changes.push(...otherDefault(before, after));
  // Another character set has other collations.
  const isSameSet = before.type === after.type || !/character set/.test(before.type + after.type);
  if (before.collation !== after.collation && isSameSet)
    changes.push([
      'contracting',
      'column-collated',
      'has another collation: its order and its uniqueness may differ',
    ]);
  return changes;
}

/** A column that has a value of its own before and after. */
function otherDefault(before: Column, after: Column): Change[] {
  if (before.generated !== after.generated)
    return [['contracting', 'column-generated', 'is computed in another way']];
  if (before.identity !== after.identity)
    return after.identity === 'always'
      ? [
          [
            'contracting',
            'column-identity',
            'is numbered always: inserts of the stable that name it fail',
          ],
        ]
      : [['expanding', 'column-identity', 'is numbered in another way']];
  const isSame =
    before.type === after.type
      ? before.default === after.default
      : withoutCasts(before.default) === withoutCasts(after.default);
  if (isSame) return [];
  return [
    [
      'contracting',
      'default-changed',
      'has another default: inserts of the stable that leave it out store another value',
    ],
  ];
}

/** A default is printed with the type of its column. */
function withoutCasts(expression = ''): string {
  return expression.replace(/::[a-z_"][\w."]*( [a-z][a-z ]*)?(\([\d,]+\))?(\[\])*/gi, '');
}

function retyped(from: string, to: string): Change {
  return isWidened(from, to)
    ? [
        'expanding',
        'column-widened',
        `changes its type from ${from} to ${to}, which holds every value it had`,
      ]
    : ['contracting', 'column-retyped', `changes its type from ${from} to ${to}`];
}

function droppedColumn({ name }: Column, after: Table): Change {
  const isBack = after.columns.some((each) => each.name === name);
  return isBack
    ? ['destructive', 'column-recreated', 'is dropped and recreated, without its values']
    : ['contracting', 'column-dropped', 'is dropped, with its values'];
}

function addedColumn({ isNullable, hasDefault }: Column): Change {
  return isNullable || hasDefault
    ? ['expanding', 'column-added', 'is new']
    : [
        'contracting',
        'column-required',
        'is new, may not be null and has no default: inserts of the stable fail',
      ];
}
