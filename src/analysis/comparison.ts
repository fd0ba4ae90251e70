import type { UserRequest } from './request.ts';
import { type Tally, upperRate } from './stats/rate-bounds.ts';
import { RateTest } from './stats/rate-test.ts';
import { ShareTest } from './stats/share-test.ts';

/** Users are told apart by so many numbers; however many there are, memory stays the same. */
const WITNESSES = 65_536;
/** How often one user counts towards a rate: a client in a loop is one client. */
const MOST_OF_ONE = 50;
/** With what chance of error the stable's rate is taken from before, where it has no users to compare with. */
const REFERENCE_ALPHA = 0.001;
/** A rate that everything may still be compared with. */
const HIGHEST = 0.99;

type Side = UserRequest['side'];

/** How long a moment lasts, in milliseconds. */
const SHORTEST_MS = 1000;
const LONGEST_MS = 60_000;

/** Users who asked in the moment that is being counted, and those of them who were hit for the first time. */
interface Present {
  atRisk: Set<number>;
  failed: Set<number>;
  requests: { trials: number; failed: number };
}

/** What a moment came to on a side: users and those hit for the first time, then requests and those hit. */
export interface Seen {
  atRisk: number;
  failed: number;
  requests: Tally;
}

/** A moment that was weighed; enough to weigh it again with other settings. */
export interface Moment {
  /** When it ended, in milliseconds. */
  at: number;
  stable: Seen;
  canary: Seen;
}

/**
 * One question about the canary, such as whether `GET /cart` fails more often. Evidence comes from users, not
 * requests: everybody is a witness once. Requests are counted too, for rates that people can read.
 */
export class Comparison {
  private readonly share: ShareTest;
  private readonly tolerance: number;
  private readonly alone = new RateTest();
  /** Who was hit before, and how often everybody was counted; the canary's users in the upper half. */
  private readonly witnesses = new Uint8Array(2 * WITNESSES);
  private readonly counted = new Uint8Array(2 * WITNESSES);
  private readonly tallies = { stable: newTally(), canary: newTally() };
  private moment: ReturnType<typeof newMoment>;

  /** `now` as in requests: milliseconds. `tolerance`: how many times as often is still no worse. */
  constructor(now: number, tolerance = 1) {
    this.tolerance = tolerance;
    this.share = new ShareTest(tolerance);
    this.moment = newMoment(now);
  }

  /** Counts a request into the moment; `hit`: whether it shows what is asked about. */
  add({ side, user }: UserRequest, hit: boolean): void {
    const witness = (user % WITNESSES) + (side === 'canary' ? WITNESSES : 0);
    const times = this.counted[witness] ?? 0;
    if (times < MOST_OF_ONE) {
      this.counted[witness] = times + 1;
      const { requests } = this.moment[side];
      requests.trials += 1;
      if (hit) requests.failed += 1;
    }
    if (this.witnesses[witness]) return;
    this.moment[side].atRisk.add(witness);
    if (hit) this.moment[side].failed.add(witness);
  }

  /**
   * Weighs what was counted, once the moment is over: after a second if both sides had users, else when they have, and
   * at the latest after a minute. What decides on the end are users who came, never failures. Gives what it weighed.
   */
  tick(now: number): Moment | undefined {
    const { stable, canary } = this.moment;
    const age = now - this.moment.began;
    const hasBoth = stable.atRisk.size > 0 && canary.atRisk.size > 0;
    if (age < LONGEST_MS && !(hasBoth && age >= SHORTEST_MS)) return undefined;
    const moment = { at: now, stable: seen(stable), canary: seen(canary) };
    for (const witness of [...stable.failed, ...canary.failed]) this.witnesses[witness] = 1;
    this.moment = newMoment(now);
    this.weigh(moment);
    return moment;
  }

  /** Takes a moment that is over into account. */
  weigh({ stable, canary }: Moment): void {
    if (stable.atRisk > 0) {
      this.share.observe({ canary, stable });
    } else if (canary.atRisk > 0 && this.tallies.stable.trials > 0) {
      const usual = upperRate(this.tallies.stable, REFERENCE_ALPHA);
      this.alone.observe(canary, Math.min(usual * this.tolerance, HIGHEST));
    }
    for (const [side, { requests }] of [
      ['stable', stable],
      ['canary', canary],
    ] as const) {
      this.tallies[side].trials += requests.trials;
      this.tallies[side].failed += requests.failed;
    }
  }

  /** The evidence that the canary is worse, as a logarithm: of both tests, each of which has half a say. */
  logEvidence(): number {
    return Math.max(this.share.logEvidence(), this.alone.logEvidence()) - Math.LN2;
  }

  tally(side: Side): Readonly<Tally> {
    return this.tallies[side];
  }
}

function newTally(): { trials: number; failed: number } {
  return { trials: 0, failed: 0 };
}

function newMoment(began: number): Record<Side, Present> & { began: number } {
  return { began, stable: newPresent(), canary: newPresent() };
}

function newPresent(): Present {
  return { atRisk: new Set(), failed: new Set(), requests: newTally() };
}

function seen({ atRisk, failed, requests }: Present): Seen {
  return { atRisk: atRisk.size, failed: failed.size, requests };
}
