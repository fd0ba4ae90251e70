import type { Finding } from './finding.ts';
import type { FindingClass } from './finding-class.ts';

/** What a change is about, by names. */
interface Names {
  table: string;
  column?: string | undefined;
  /** The name that comes in its place. */
  to?: string | undefined;
  /** The type that comes in its place. */
  type?: string | undefined;
  /** An insert must name the column. */
  isRequired?: boolean | undefined;
}

const RELEASE = '`canary deploy --branch BRANCH`, `canary promote`.';

function allowed(level: FindingClass, table: string): string {
  return `\`canary deploy --branch BRANCH --allow ${level}:${table}\`.`;
}

interface Move {
  from: string;
  to: string;
  /** The type of the new column, if it is another. */
  type?: string | undefined;
  drop: string;
  isRequired?: boolean | undefined;
}

/** From one column or table to another that takes its place. */
function moved({ from, to, type, drop, isRequired }: Move): string[] {
  const asType = type ? ` as ${type}` : '';
  const nullable = isRequired ? ` Make ${from} nullable.` : '';
  return [
    `Add: create ${to}${asType} and fill it from ${from}. The code writes both and reads ${from}. ${RELEASE}`,
    `Switch: fill ${to} where the old code wrote only ${from}.${nullable} The code reads ${to} and still writes both. ${RELEASE}`,
    `Leave: the code uses only ${to}. ${RELEASE}`,
    `Drop ${from}: ${drop}`,
  ];
}

/** From a column to another of the same table. */
function movedColumn({ table, column, to, type, isRequired }: Names): string[] {
  const names = { from: `${table}.${column}`, to: `${table}.${to}` };
  return moved({ ...names, type, isRequired, drop: allowed('contracting', table) });
}

/**
 * Expand and contract: for each refused change the releases that end in the same. The code of each works with the
 * database of the next, so that every one of them can be reverted.
 */
const WAYS: Readonly<Record<string, (names: Names) => readonly string[]>> = {
  'column-dropped': ({ table, column = '', isRequired }) => [
    `Leave: the code no longer uses ${table}.${column}.${isRequired ? ' Make it nullable, because inserts leave it out.' : ''} ${RELEASE}`,
    `Drop ${table}.${column}: ${allowed('contracting', table)}`,
  ],
  'column-renamed': ({ type: _, ...names }) => movedColumn(names),
  'column-recreated': (names) => movedColumn({ ...names, to: `${names.column}_new` }),
  'column-retyped': (names) => movedColumn({ ...names, to: `${names.column}_new` }),
  'column-narrowed': ({ table, column, type }) => [
    `Limit: the code writes only values that fit ${type} into ${table}.${column}. ${RELEASE}`,
    `Correct: change the rows whose ${column} does not fit. ${RELEASE}`,
    `Narrow: change the type to ${type}. ${allowed('contracting', table)}`,
  ],
  'column-not-null': ({ table, column }) => [
    `Write: the code gives ${table}.${column} a value in every row that it writes. ${RELEASE}`,
    `Fill: give it a value where it is null. ${RELEASE}`,
    `Require: make it NOT NULL. ${allowed('contracting', table)}`,
  ],
  'column-required': ({ table, column }) => [
    `Add: create ${table}.${column} as nullable. The code gives it a value in every row that it writes. ${RELEASE}`,
    `Fill: give it a value where it is null. ${RELEASE}`,
    `Require: make it NOT NULL. ${allowed('contracting', table)}`,
  ],
  'default-changed': sameInserts,
  'default-dropped': sameInserts,
  'table-renamed': ({ table, to = '' }) =>
    moved({ from: table, to, drop: allowed('destructive', table) }),
  'table-dropped': ({ table }) => [
    `Leave: the code no longer uses ${table}. ${RELEASE}`,
    `Drop ${table}: ${allowed('destructive', table)}`,
  ],
};

function sameInserts({ table, column }: Names): string[] {
  return [
    `Name: every insert of the code names ${table}.${column}, with the value that it wants. ${RELEASE}`,
    `Change the default: ${allowed('contracting', table)}`,
  ];
}

/** The releases that make a change of this kind without harm; none if there is no usual way. */
export function stepsOf(kind: string, names: Names): readonly string[] | undefined {
  return Object.hasOwn(WAYS, kind) ? WAYS[kind]?.(names) : undefined;
}

/** A statement that builds an index with writes locked out. */
const LOCKING_INDEX = /^create\s+(unique\s+)?index\s+(?!concurrently\b)/i;

/** What does the same as a statement that held a lock for long, if something does. */
export function stepsWithoutLock(statement: string | undefined): readonly string[] | undefined {
  if (!statement || !LOCKING_INDEX.test(statement)) return undefined;
  return [
    'Build the index without the lock: `CREATE INDEX CONCURRENTLY`, outside of a transaction (PostgreSQL).',
  ];
}

/** How many ways are shown; the first is the one to read. */
const MOST_WAYS = 3;

/** The ways around refused findings as lines, each way once. */
export function wayLines(refused: readonly Finding[]): string[] {
  const ways = new Map<string, { text: string; steps: readonly string[] }>();
  for (const { steps, text } of refused)
    if (steps && !ways.has(steps.join('\n'))) ways.set(steps.join('\n'), { text, steps });
  const shown = [...ways.values()].slice(0, MOST_WAYS);
  const rest = ways.size - shown.length;
  return [
    ...shown.flatMap(({ text, steps }) => [
      `Instead of “${text}”, ${steps.length === 1 ? 'do this' : 'one release after the other'}:`,
      ...steps.map((step, index) => (steps.length === 1 ? `  ${step}` : `  ${index + 1}. ${step}`)),
    ]),
    ...(rest > 0 ? [`The steps for ${rest} more are in \`canary rehearse --json\`.`] : []),
  ];
}
