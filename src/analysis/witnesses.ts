import type { UserRequest } from './request.ts';
import type { Tally } from './stats/rate-bounds.ts';

type Side = UserRequest['side'];

/** What users of one side did in a moment. */
export interface Seen {
  /** Users who had not been hit before the moment, and how many of them were hit during it. */
  atRisk: number;
  failed: number;
  /** Requests of those users up to the hit. */
  first: number;
  /** Users who never came before. */
  users: number;
  /** All requests, at most a few dozen per user. */
  requests: Tally;
}

/**
 * Users are distinguished by this many numbers, a power of two; memory does not grow with their
 * number.
 */
export const MOST_USERS = 65_536;
/** How often one user counts in a rate: a client in a loop is one client. */
export const MOST_OF_ONE = 50;

/**
 * A user's mark: how often each side counted the user (6 bits each), whether there was a hit, the
 * last moment.
 */
const COUNT = 0b11_1111;
const SHIFT = { stable: 0, canary: 6 } as const;
const HIT = 1 << 12;
const MOMENT_SHIFT = 16;
const ALL_BUT_MOMENT = 0xffff;
const MOMENTS = 0xffff;

/**
 * Which users came and which were hit. Each user counts once, on the side where it happens first: a
 * user who is hit often counts once, and keeps no history when a weight moves the user to the other
 * side.
 */
export class Witnesses {
  /** Made for the first user: there are many questions about which no request says anything. */
  private marks: Uint32Array | undefined;
  private seen = { stable: nobody(), canary: nobody() };
  private hit: number[] = [];
  private moment = 1;

  /** Counts a request. `hit`: whether it shows the signal in question. */
  add({ side, user }: UserRequest, hit: boolean): void {
    this.marks ??= new Uint32Array(MOST_USERS);
    const { marks } = this;
    const index = user & (MOST_USERS - 1);
    const seen = this.seen[side];
    let mark = marks[index] ?? 0;
    const times = (mark >>> SHIFT[side]) & COUNT;
    if (times === 0) seen.users += 1;
    if (times < MOST_OF_ONE) {
      mark += 1 << SHIFT[side];
      seen.requests.trials += 1;
      if (hit) seen.requests.failed += 1;
    }
    if ((mark & HIT) === 0) {
      seen.first += 1;
      if (mark >>> MOMENT_SHIFT !== this.moment) seen.atRisk += 1;
      if (hit) {
        seen.failed += 1;
        this.hit.push(index);
      }
      mark = (mark & ALL_BUT_MOMENT) | (this.moment << MOMENT_SHIFT) | (hit ? HIT : 0);
    }
    marks[index] = mark;
  }

  /** How many users who had not been hit came since the moment began. */
  atRisk(side: Side): number {
    return this.seen[side].atRisk;
  }

  /** Remembers users who were hit in an earlier process: they are at risk no more. */
  remember(hit: readonly number[]): void {
    if (hit.length === 0) return;
    this.marks ??= new Uint32Array(MOST_USERS);
    for (const user of hit) {
      const index = user & (MOST_USERS - 1);
      this.marks[index] = (this.marks[index] ?? 0) | HIT;
    }
  }

  /** Returns what was seen since the moment began, and who was hit first in it; begins the next one. */
  take(): Record<Side, Seen> & { hit: readonly number[] } {
    const seen = { ...this.seen, hit: this.hit };
    this.seen = { stable: nobody(), canary: nobody() };
    this.hit = [];
    this.moment = this.moment === MOMENTS ? 1 : this.moment + 1;
    // The numbers of moments are reused; no mark of an earlier use may remain.
    if (this.moment === 1) this.marks = this.marks?.map((mark) => mark & ALL_BUT_MOMENT);
    return seen;
  }
}

function nobody() {
  return { atRisk: 0, failed: 0, first: 0, users: 0, requests: { trials: 0, failed: 0 } };
}
