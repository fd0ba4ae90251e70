import type { HeldLock } from '../observation.ts';
import type { Done } from './log.ts';

/** A lock as it was seen at one look; looks are numbered. */
export interface LockSample {
  look: number;
  /** Milliseconds on the server's clock. */
  at: number;
  thread: number;
  table: string;
  mode: string;
  /** What its session was doing then. */
  text: string | null;
}

/** Modes in which others may still read. */
const READABLE = /SHARED_NO_WRITE|SHARED_READ_ONLY/;

interface Held extends Omit<HeldLock, 'statement' | 'service'> {
  thread: number;
  text: string | null;
}

/** Locks from when they were seen until they were gone: those seen at every look between are one. */
export function heldLocks(samples: readonly LockSample[]): Held[] {
  const open = new Map<string, { first: LockSample; last: LockSample }>();
  const ended: { first: LockSample; last: LockSample }[] = [];
  for (const sample of samples) {
    const key = `${sample.thread}\0${sample.table}\0${READABLE.test(sample.mode)}`;
    const span = open.get(key);
    if (span && sample.look <= span.last.look + 1) span.last = sample;
    else {
      if (span) ended.push(span);
      open.set(key, { first: sample, last: sample });
    }
  }
  return [...ended, ...open.values()].map(({ first, last }) => ({
    ...{ table: first.table, thread: first.thread, text: first.text ?? last.text },
    blocks: READABLE.test(first.mode) ? 'writes' : 'reads and writes',
    ms: last.at - first.at,
  }));
}

/** The statement that took a lock: the last one of its session that locks or changes the table. */
export function takerOf({ thread, table, text }: Held, done: readonly Done[]): Partial<Done> {
  const own = done.filter((each) => each.thread === thread);
  const takers = own.filter(({ actions }) =>
    actions.some(
      (action) =>
        'table' in action &&
        action.table === table &&
        action.do !== 'delete' &&
        action.do !== 'update',
    ),
  );
  const [any] = own;
  return (
    takers.find((each) => each.text === text) ??
    takers.at(-1) ?? { ...(any ? { address: any.address } : {}), ...(text ? { text } : {}) }
  );
}

/** What stands in for looks where the server cannot be asked about locks: how long definitions took. */
export function locksByDuration(done: readonly Done[]): (HeldLock & { address: string })[] {
  return done.flatMap(({ actions, ms, text, address }) =>
    actions.flatMap((action) =>
      action.do === 'alter'
        ? [{ table: action.table, blocks: 'writes' as const, ms, statement: text, address }]
        : [],
    ),
  );
}
