import type { SignalMoment } from './judge.ts';
import { SIGNALS } from './signals.ts';
import type { Seen } from './witnesses.ts';

/**
 * Collects moments between two writes. Moments of one question are merged if the canary had about
 * the same share of users. Moments with different weights stay separate: only the share shows which
 * side a failure belongs to.
 */
export class EvidenceBook {
  private pending = new Map<string, SignalMoment>();

  add(moment: SignalMoment): void {
    const key = `${moment.signal} ${shareOf(moment)} ${moment.group ?? ''}`;
    const earlier = this.pending.get(key);
    this.pending.set(key, earlier ? together(earlier, moment) : moment);
  }

  /** Returns what was collected, one line each, and forgets it. */
  take(): string {
    const lines = [...this.pending.values()].map(formatMoment);
    this.pending = new Map();
    return lines.join('');
  }
}

/** Reads what was written, in order of time. Skips a line that a kill cut off. */
export function parseEvidence(text: string): SignalMoment[] {
  return text.split('\n').flatMap((line) => parseMoment(line) ?? []);
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

function formatMoment({ at, signal, group, stable, canary }: SignalMoment): string {
  const record = { at, signal, group, stable: numbers(stable), canary: numbers(canary) };
  return `${JSON.stringify(record)}\n`;
}

function numbers({ atRisk, failed, requests, first, users }: Seen): number[] {
  return [atRisk, failed, requests.trials, requests.failed, first, users];
}

function parseMoment(line: string): SignalMoment | undefined {
  try {
    const { at, signal, group, stable, canary } = JSON.parse(line);
    if (typeof at !== 'number' || !SIGNALS.includes(signal)) return undefined;
    return { at, signal, group, stable: seen(stable), canary: seen(canary) };
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
