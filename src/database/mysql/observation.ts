import type { DefinitionChange, HeldLock, Observation, Origin, RowWrite } from '../observation.ts';
import type { Snapshot, Table } from '../snapshot.ts';
import { namesNoRows, shownStatement } from '../statement.ts';
import type { Action } from './actions.ts';
import { heldLocks, type LockSample, locksByDuration, takerOf } from './locks.ts';
import type { Done } from './log.ts';
import { tokensOf } from './tokens.ts';

/** Rows of a table, known by its id, that are gone or hold other values. */
export interface Loss {
  table: string;
  lost: number;
  changed: number;
}

export interface Seen {
  before: Snapshot;
  /** With the ids of before. */
  after: Snapshot;
  done: readonly Done[];
  losses: readonly Loss[];
  /** `undefined` where the server does not tell of locks. */
  locks: readonly LockSample[] | undefined;
}

type ServiceAt = (address: string) => string | undefined;

/** What was seen, in the words that all kinds of servers share. */
export function observationOf(seen: Seen, serviceAt: ServiceAt): Observation {
  const { before, after } = seen;
  const done = seen.done.filter(({ address }) => serviceAt(address) !== undefined);
  return {
    ...{ before, after, changes: changesOf(done, seen, serviceAt) },
    writes: before.tables.flatMap((table) => writesOf(table, done, seen, serviceAt)),
    locks: locksOf(done, seen, serviceAt),
  };
}

function changesOf(
  done: readonly Done[],
  { before, after }: Seen,
  serviceAt: ServiceAt,
): DefinitionChange[] {
  const grants = [...before.objects, ...after.objects].filter(({ kind }) => kind === 'grant');
  return done.flatMap((each) => {
    const named = each.actions.flatMap((action) => namesIn(action, before));
    const objects = named.length > 0 ? named : grantsIn(each, grants);
    return objects.length === 0 ? [] : [{ objects, ...originOf(each, serviceAt) }];
  });
}

/** The definitions that an action makes, changes or drops. */
function namesIn(action: Action, { tables }: Snapshot): string[] {
  if (action.do === 'define') return [action.name];
  if (action.do === 'drop schema') {
    const all = tables.map(({ name }) => name);
    return action.prefix === '' ? all : all.filter((name) => name.startsWith(action.prefix));
  }
  if (action.do === 'delete' || action.do === 'update' || action.do === 'lock') return [];
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
  serviceAt: ServiceAt,
): RowWrite[] {
  const same = after.tables.find(({ id }) => id === table.id);
  if (!same) return [];
  const doing = (what: Action['do']) =>
    done.filter(({ actions }) =>
      actions.some(
        (action) =>
          action.do === what &&
          'table' in action &&
          (action.table === table.name || action.table === same.name),
      ),
    );
  const write = (kind: RowWrite['kind'], rows: number, by: Done | undefined): RowWrite => ({
    ...{ table: table.name, kind, rows },
    ...(by ? originOf(by, serviceAt) : {}),
  });
  const truncates = doing('truncate');
  if (truncates.length > 0) return truncates.map((each) => write('truncate', table.rows, each));
  const deletes = worstFirst(doing('delete'));
  const { lost, changed } = losses.find((loss) => loss.table === table.id) ?? {
    lost: 0,
    changed: 0,
  };
  const updates = worstFirst(doing('update'));
  return [
    ...(lost > 0 ? [write('delete', lost, deletes[0])] : []),
    // On a copy without its rows what is asked tells more than what was found.
    ...deletes
      .filter((each) => namesNoRows(shown(each.text)))
      .map((each) => write('delete', 0, each)),
    // Rows that were deleted and are there again with other values have changed as well.
    ...(changed > 0 ? [write('update', changed, updates[0] ?? deletes[0])] : []),
  ];
}

/** Those that name no rows, then the latest. */
function worstFirst(done: readonly Done[]): Done[] {
  const breadth = ({ text }: Done) => (namesNoRows(shown(text)) ? 1 : 0);
  return [...done].reverse().sort((left, right) => breadth(right) - breadth(left));
}

function locksOf(done: readonly Done[], { locks }: Seen, serviceAt: ServiceAt): HeldLock[] {
  if (!locks)
    return locksByDuration(done).map(({ address, ...lock }) => ({
      ...lock,
      ...originOf({ text: lock.statement ?? '', address }, serviceAt),
    }));
  return heldLocks(locks).flatMap((held) => {
    const { text, address } = takerOf(held, done);
    // Whoever is nobody's service, such as the server itself, is left out.
    if (address === undefined) return [];
    const { table, blocks, ms } = held;
    return [{ table, blocks, ms, ...originOf({ text: text ?? '', address }, serviceAt) }];
  });
}

function originOf({ text, address }: Pick<Done, 'text' | 'address'>, serviceAt: ServiceAt): Origin {
  const service = serviceAt(address);
  return {
    ...(text ? { statement: shown(text) } : {}),
    ...(service ? { service } : {}),
  };
}

/** Here double quotes hold values as well. */
function shown(text: string): string {
  return shownStatement(text, 'values');
}
