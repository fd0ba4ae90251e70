import { Quantiles } from '../analysis/stats/quantile.ts';
import type { SideTraffic, Traffic } from '../documents/live.ts';
import type { LoggedRequest } from '../proxy/request-log.ts';

type Side = LoggedRequest['side'];
type Logged = Pick<LoggedRequest, 'at' | 'side' | 'failed' | 'status' | 'duration'>;

const INTERVAL_MS = 5000;
/** Three minutes. */
const INTERVALS = 36;
/** The numbers are of the last minute. */
const COUNTED = 12;

interface Slot {
  requests: number;
  failures: number;
  refused: number;
  durations: Quantiles;
}

/** The latest requests of both sides, in intervals of five seconds. Memory does not grow with their number. */
export class RecentTraffic {
  private readonly slots = new Map<number, Record<Side, Slot>>();
  private readonly since: number;

  /** `since`: from when on it sees every request, in milliseconds. */
  constructor(since: number) {
    this.since = since;
  }

  /** Counts a request in its interval; what is too old to be shown is forgotten. */
  add({ at, side, failed, status, duration }: Logged): void {
    const number = Math.floor(at / INTERVAL_MS);
    const known = this.slots.get(number);
    const sides = known ?? { stable: newSlot(), canary: newSlot() };
    if (!known) this.slots.set(number, sides);
    const slot = sides[side];
    slot.requests += 1;
    if (failed) slot.failures += 1;
    if (status >= 400 && status < 500) slot.refused += 1;
    if (duration !== undefined) slot.durations.add(duration);
    for (const each of this.slots.keys())
      if (each < number - INTERVALS - 1) this.slots.delete(each);
  }

  /** Both sides in the intervals up to now, in milliseconds; the present interval is not over and left out. */
  at(now: number): Traffic {
    const present = Math.floor(now / INTERVAL_MS);
    const first = Math.min(this.since, ...[...this.slots.keys()].map((each) => each * INTERVAL_MS));
    const covers = Math.min(COUNTED * INTERVAL_MS, present * INTERVAL_MS - first);
    const side = (name: Side) => this.sideAt(name, present);
    return {
      covers: Math.max(0, covers),
      interval: INTERVAL_MS,
      stable: side('stable'),
      canary: side('canary'),
    };
  }

  private sideAt(side: Side, present: number): SideTraffic {
    const numbers = Array.from({ length: INTERVALS }, (_, index) => present - INTERVALS + index);
    const counted = numbers.slice(-COUNTED).flatMap((each) => this.slots.get(each)?.[side] ?? []);
    const durations = new Quantiles();
    for (const slot of counted) durations.addAll(slot.durations);
    const sum = (what: 'requests' | 'failures' | 'refused') =>
      counted.reduce((all, slot) => all + slot[what], 0);
    const quantile = (share: number) => {
      const value = durations.at(share);
      return value === undefined ? null : Math.round(value * 10) / 10;
    };
    return {
      requests: sum('requests'),
      failures: sum('failures'),
      refused: sum('refused'),
      p50: quantile(0.5),
      p99: quantile(0.99),
      series: numbers.map((each) => this.slots.get(each)?.[side].requests ?? 0),
    };
  }
}

function newSlot(): Slot {
  return { requests: 0, failures: 0, refused: 0, durations: new Quantiles() };
}
