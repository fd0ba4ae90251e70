import type { SignalMoment } from './judge.ts';
import { SIGNALS, type Usual } from './signals.ts';
import { MOST_USERS, type Seen } from './witnesses.ts';

/**
 * Collects moments between two writes. Moments of one question are merged if the canary had about
 * the same share of users. Moments with different weights stay separate: only the share shows which
 * side a failure belongs to.
 */
export class EvidenceBook {
  private pending = new Map<string, SignalMoment>();
  /** The line that says what is usual on the stable; `undefined` as long as that is not known. */
  private usual: string | undefined;

  /** What is usual on the stable is kept once. */
  learned(usual: Usual | undefined): void {
    if (usual) this.usual ??= `${JSON.stringify({ usual })}\n`;
  }

  add(moment: SignalMoment): void {
    const key = `${moment.signal} ${shareOf(moment)} ${moment.group ?? ''}`;
    const earlier = this.pending.get(key);
    this.pending.set(key, earlier ? together(earlier, moment) : moment);
  }

  /** Returns what was collected, one line each, and forgets it. */
  take(): string {
    const lines = [...this.pending.values()].map(formatMoment);
    const { usual = '' } = this;
    this.pending = new Map();
    // Known, and written.
    if (usual) this.usual = '';
    return `${usual}${lines.join('')}`;
  }
}

/** Reads what was written, in order of time. Skips a line that a kill cut off. */
export function parseEvidence(text: string): SignalMoment[] {
  return text.split('\n').flatMap((line) => parseMoment(line) ?? []);
}

/** What was usual on the stable when the release was first judged; `undefined` if that was never known. */
export function parseUsual(text: string): Usual | undefined {
  // One of the first lines of many.
  for (const [line] of text.matchAll(/^\{"usual":.*$/gm)) {
    const usual = usualIn(line);
    if (usual) return usual;
  }
  return undefined;
}

/** The canary's share of users at risk, in steps of a quarter of an octave. */
function shareOf({ stable, canary }: SignalMoment): number {
  return Math.round(4 * Math.log2((canary.atRisk + 0.5) / (stable.atRisk + 0.5)));
}

function together(left: SignalMoment, right: SignalMoment): SignalMoment {
  return {
    ...right,
    stable: add(left.stable, right.stable),
    canary: add(left.canary, right.canary),
    hit: [...(left.hit ?? []), ...(right.hit ?? [])],
  };
}

function add(left: Seen, right: Seen): Seen {
  return {
    atRisk: left.atRisk + right.atRisk,
    failed: left.failed + right.failed,
    first: left.first + right.first,
    users: left.users + right.users,
    requests: {
      trials: left.requests.trials + right.requests.trials,
      failed: left.requests.failed + right.requests.failed,
    },
  };
}

function formatMoment({ at, signal, group, stable, canary, hit = [] }: SignalMoment): string {
  const sides = { stable: numbers(stable), canary: numbers(canary) };
  const record = { at, signal, group, ...sides, ...(hit.length > 0 ? { hit } : {}) };
  return `${JSON.stringify(record)}\n`;
}

function numbers({ atRisk, failed, requests, first, users }: Seen): number[] {
  return [atRisk, failed, requests.trials, requests.failed, first, users];
}

function parseMoment(line: string): SignalMoment | undefined {
  try {
    const { at, signal, group, stable, canary, hit } = JSON.parse(line);
    if (typeof at !== 'number' || !SIGNALS.includes(signal)) return undefined;
    const sides = { stable: seen(stable), canary: seen(canary) };
    return { at, signal, group, ...sides, hit: usersIn(hit) };
  } catch {
    return undefined;
  }
}

function seen([atRisk, failed, trials, hits, first, users]: number[]): Seen {
  const count = (value: number | undefined) => value ?? 0;
  return {
    atRisk: count(atRisk),
    failed: count(failed),
    first: count(first),
    users: count(users),
    requests: { trials: count(trials), failed: count(hits) },
  };
}

function usersIn(hit: unknown): number[] {
  if (!Array.isArray(hit)) return [];
  return hit.filter((each) => Number.isInteger(each) && each >= 0 && each < MOST_USERS);
}

function usualIn(line: string): Usual | undefined {
  try {
    // What is infinite is `null` in JSON.
    const { slow, smallest, largest } = JSON.parse(line).usual;
    const limit = (value: unknown) => value ?? Infinity;
    const usual = { slow: limit(slow), smallest: limit(smallest), largest: limit(largest) };
    const isWhole = Object.values(usual).every((each) => typeof each === 'number');
    return isWhole ? (usual as Usual) : undefined;
  } catch {
    return undefined;
  }
}
