import type { ComparedDefinition } from '../../database/definition.ts';
import type {
  DefinitionChange,
  HeldLock,
  Observation,
  Origin,
  RowWrite,
} from '../../database/observation.ts';
import type { Snapshot, Table } from '../../database/snapshot.ts';
import { namesNoRows, shownStatement } from '../../database/statement.ts';
import type { ServiceAt } from '../server-kind.ts';
import { type Action, changesRows } from './actions.ts';
import { tokensOf } from './cursor.ts';
import { heldLocks, type LockSample, locksByDuration, takerOf } from './locks.ts';
import type { Done } from './log.ts';

/** How many rows of a table, given by its id, are gone or have other values. */
export interface Loss {
  table: string;
  lost: number;
  changed: number;
}

export interface Seen {
  before: Snapshot;
  /** With the ids of `before`. */
  after: Snapshot;
  done: readonly Done[];
  losses: readonly Loss[];
  /** `undefined` if the server does not report locks. */
  locks: readonly LockSample[] | undefined;
  definition: ComparedDefinition;
}

type OriginOf = (by: { text?: string | undefined; address: string }) => Origin;

/** What was seen, in the form that all kinds of servers share. */
export function observationOf(seen: Seen, serviceAt: ServiceAt): Observation {
  const { before, after } = seen;
  const done = seen.done.filter(({ address }) => serviceAt(address) !== undefined);
  const originOf: OriginOf = ({ text, address }) => ({
    statement: text ? shown(text) : undefined,
    ...serviceAt(address),
  });
  return {
    before,
    after,
    changes: changesOf(done, seen, originOf),
    writes: before.tables.flatMap((table) => writesOf(table, done, seen, originOf)),
    locks: locksOf(done, seen, originOf),
    definition: seen.definition,
    // These servers prepare a statement again when what it reads has changed.
    fixesResults: false,
  };
}

function changesOf(
  done: readonly Done[],
  { before, after }: Seen,
  originOf: OriginOf,
): DefinitionChange[] {
  const grants = [...before.objects, ...after.objects].filter(({ kind }) => kind === 'grant');
  return done.flatMap((each) => {
    const named = each.actions.flatMap((action) => namesIn(action, before));
    const objects = named.length > 0 ? named : grantsIn(each, grants);
    return objects.length === 0 ? [] : [{ objects, ...originOf(each) }];
  });
}

/** The definitions that an action creates, changes or drops. */
function namesIn(action: Action, { tables }: Snapshot): string[] {
  if (action.do === 'define') return [action.name];
  if (action.do === 'drop schema') {
    const all = tables.map(({ name }) => name);
    return action.prefix === '' ? all : all.filter((name) => name.startsWith(action.prefix));
  }
  if (changesRows(action) || action.do === 'lock') return [];
  return action.do === 'rename' ? [action.table, action.to] : [action.table];
}

/** What was granted to the accounts that a statement about accounts names. */
function grantsIn({ text }: Done, grants: readonly { name: string }[]): string[] {
  if (!/^\s*(grant|revoke|(create|drop|alter|rename)\s+(user|role))\b/i.test(text)) return [];
  const words = new Set(tokensOf(text).map((token) => token.text));
  return grants
    .map(({ name }) => name)
    .filter((name) => words.has(/^'([^']*)'/.exec(name)?.[1] ?? ''));
}

function writesOf(
  table: Table,
  done: readonly Done[],
  { after, losses }: Seen,
  originOf: OriginOf,
): RowWrite[] {
  const same = after.tables.find(({ id }) => id === table.id);
  if (!same) return [];
  const isOnIt = (action: Action) =>
    'table' in action && (action.table === table.name || action.table === same.name);
  // What both sides did counts as the canary's: which rows were whose is not known.
  const doing = (what: Action['do']) => {
    const all = done.filter(({ actions }) =>
      actions.some((each) => each.do === what && isOnIt(each)),
    );
    const own = all.filter((each) => !originOf(each).isStable);
    return own.length > 0 ? own : all;
  };
  const write = (kind: RowWrite['kind'], rows: number, by: Done | undefined): RowWrite => ({
    table: table.name,
    kind,
    rows,
    ...(by && originOf(by)),
  });
  const truncates = doing('truncate');
  if (truncates.length > 0) return truncates.map((each) => write('truncate', table.rows, each));
  const deletes = worstFirst(doing('delete'));
  const updates = worstFirst(doing('update'));
  const loss = losses.find((each) => each.table === table.id);
  return [
    ...(loss && loss.lost > 0 ? [write('delete', loss.lost, deletes[0])] : []),
    // On a copy without its rows, the statement shows more than what was found.
    ...deletes.filter(isBroad).map((each) => write('delete', 0, each)),
    // Rows that were deleted and inserted again with other values have changed as well.
    ...(loss && loss.changed > 0 ? [write('update', loss.changed, updates[0] ?? deletes[0])] : []),
  ];
}

/** First statements that name no rows, then the latest. */
function worstFirst(done: readonly Done[]): Done[] {
  return [...done].reverse().sort((left, right) => Number(isBroad(right)) - Number(isBroad(left)));
}

function isBroad({ text }: Done): boolean {
  return namesNoRows(shown(text));
}

function locksOf(done: readonly Done[], { locks }: Seen, originOf: OriginOf): HeldLock[] {
  if (!locks) return locksByDuration(done).map(({ by, ...lock }) => ({ ...lock, ...originOf(by) }));
  return heldLocks(locks).flatMap((held) => {
    const { text, address } = takerOf(held, done);
    // A session that belongs to no service, such as one of the server itself, is left out.
    if (address === undefined) return [];
    const { table, blocks, ms } = held;
    return [{ table, blocks, ms, ...originOf({ text, address }) }];
  });
}

/** In MySQL double quotes hold values as well. */
function shown(text: string): string {
  return shownStatement(text, 'values');
}
