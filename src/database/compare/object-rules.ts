import type { Meaning, ObjectKindName } from '../object-kinds.ts';
import type { DatabaseObject } from '../snapshot.ts';
import { isWidened } from './column-type.ts';

/**
 * What it means that a definition differs: `undefined` if nothing, `'usual'` for what the table of
 * kinds says.
 */
type Rule = (
  before: string,
  after: string,
  /** The copy has all rows, so that it knows the highest values. */
  hasAllRows: boolean,
) => Meaning | undefined | 'usual';

const RULES: Partial<Record<ObjectKindName, Rule>> = {
  type: (before, after) => (hasAllLines(before, after) ? ['expanding', 'has new values'] : 'usual'),
  partitions: (before, after) =>
    hasAllLines(before, after) ? ['expanding', 'are more, and all that were'] : 'usual',
  grant: (before, after) => (hasAllLines(before, after) ? ['expanding', 'allows more'] : 'usual'),
  view: (before, after) =>
    hasMoreColumns(before, after) ? ['expanding', 'has new columns at its end'] : 'usual',
  sequence: (before, after) =>
    hasMoreNumbers(before, after)
      ? ['expanding', 'has more numbers, and all that it had']
      : 'usual',
  'next number': nextNumber,
};

/** The class of a changed object and the end of its sentence, if its kind has a rule. */
export function ruled(
  { kind, definition: before }: DatabaseObject,
  { definition: after }: DatabaseObject,
  hasAllRows: boolean,
): Meaning | undefined | 'usual' {
  const rule = RULES[kind];
  return rule ? rule(before, after, hasAllRows) : 'usual';
}

function hasAllLines(before: string, after: string): boolean {
  const lines = new Set(after.split('\n'));
  return before.split('\n').every((line) => lines.has(line));
}

/**
 * A view's definition is a line with its columns and then its query. New columns at the end are
 * all that differs if the query has one more piece, which is part of its list of columns.
 */
function hasMoreColumns(before: string, after: string): boolean {
  const [[oldColumns = '', ...oldQuery], [columns = '', ...query]] = [before, after].map((each) =>
    each.split('\n'),
  ) as [string[], string[]];
  if (!columns.startsWith(`${oldColumns}, `)) return false;
  const [old, now] = [oldQuery, query].map((lines) => lines.join(' ').replace(/\s+/g, ' ').trim());
  if (old === undefined || now === undefined) return false;
  // `SELECT *` of a table that has got some.
  if (old === now) return true;
  let start = 0;
  while (start < old.length && old[start] === now[start]) start += 1;
  const tail = old.slice(start);
  if (!now.endsWith(tail)) return false;
  const inserted = now.slice(start, now.length - tail.length);
  const isInList = inserted.startsWith(',') && /^\s*(from\b|;?$)/i.test(tail);
  return isInList && !/\b(from|where|union|intersect|except)\b/i.test(outside(inserted));
}

/** A piece of a query without what is in brackets or quotes. */
function outside(piece: string): string {
  let text = piece.replace(/'[^']*'|"[^"]*"/g, ' ');
  for (let last = ''; last !== text; ) {
    last = text;
    text = text.replace(/\([^()]*\)/g, ' ');
  }
  return text;
}

/** A sequence's definition: its type, its lowest and highest number, and all else, a line each. */
function hasMoreNumbers(before: string, after: string): boolean {
  const [[oldType = '', oldLow, oldHigh, ...oldRest], [type = '', low, high, ...rest]] = [
    before,
    after,
  ].map((each) => each.split('\n')) as [string[], string[]];
  if (oldRest.join('\n') !== rest.join('\n') || !low || !high || !oldLow || !oldHigh) return false;
  const isWider = type === oldType || isWidened(oldType, type);
  return isWider && BigInt(low) <= BigInt(oldLow) && BigInt(high) >= BigInt(oldHigh);
}

/**
 * A next number's definition: it, the step to the one after it, and the highest value in use (the
 * lowest if the step is negative; empty if there is none), a line each.
 */
function nextNumber(before: string, after: string, hasAllRows: boolean): Meaning | undefined {
  const [old, now] = [position(before), position(after)];
  if (!old || !now) return ['contracting', 'cannot be read'];
  if (isTaken(now) && (!isTaken(old) || isEarlier(now, old)))
    return [
      'contracting',
      `is ${now.next}, but values up to ${now.highest} are in use: inserts of the stable fail`,
    ];
  if (!isEarlier(now, old)) return undefined;
  const text = `is set back from ${old.next} to ${now.next}`;
  return hasAllRows && now.highest !== undefined
    ? ['none', text]
    : ['contracting', `${text}: numbers are given a second time`];
}

interface Position {
  next: bigint;
  step: bigint;
  highest: bigint | undefined;
}

function position(definition: string): Position | undefined {
  const [next, step, highest] = definition.split('\n');
  const isNumber = (text: string | undefined) => /^-?\d+$/.test(text ?? '');
  if (!isNumber(next) || !isNumber(step)) return undefined;
  return {
    next: BigInt(next ?? 0),
    step: BigInt(step ?? 1),
    highest: isNumber(highest) ? BigInt(highest ?? 0) : undefined,
  };
}

function isTaken({ next, step, highest }: Position): boolean {
  if (highest === undefined) return false;
  return step < 0n ? next >= highest : next <= highest;
}

function isEarlier(now: Position, old: Position): boolean {
  return now.step < 0n ? now.next > old.next : now.next < old.next;
}
