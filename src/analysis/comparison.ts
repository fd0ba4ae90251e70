import type { UserRequest } from './request.ts';
import { Mixture } from './stats/mixture.ts';
import { type Tally, upperRate } from './stats/rate-bounds.ts';
import { logRateRatio } from './stats/rate-test.ts';
import { logShareRatio, toleratedShare } from './stats/share-test.ts';
import { type Seen, Witnesses } from './witnesses.ts';

/**
 * Error probability of the stable's earlier failure rate, which is used while the stable has no
 * users to compare with. It is so small that all questions together add less than a hundredth to an
 * alpha of 0.01.
 */
const REFERENCE_ALPHA = 1e-6;
/** The highest rate from which a higher one can still be distinguished. */
const HIGHEST = 0.99;

type Side = UserRequest['side'];

/**
 * How long a moment lasts, in milliseconds. It may be the shortest if at least MANY users of each
 * side came.
 */
export const SHORTEST_MS = 250;
export const MANY = 5;
export const SHORT_MS = 1000;
export const LONGEST_MS = 60_000;

/** A moment that was weighed; it contains enough to weigh it again. */
export interface Moment {
  /** When it ended, in milliseconds. */
  at: number;
  stable: Seen;
  canary: Seen;
  /** The numbers of the users who were hit in it and never before; who goes on with this counts none of them again. */
  hit?: readonly number[];
}

/**
 * One question about the canary, such as whether `GET /cart` fails more often. Users are the
 * evidence, not requests: each user counts once. Requests are also counted, for rates that people
 * can read.
 */
export class SignalComparison {
  private readonly evidence = new Mixture();
  private readonly witnesses = new Witnesses();
  private readonly totals = { stable: newTotal(), canary: newTotal() };
  private began: number;
  /** When the stable last had users. */
  private accompanied: number;

  private readonly tolerance: number;

  /**
   * `now`: in milliseconds, as in requests. `tolerance`: up to this many times as often is still
   * not worse.
   */
  constructor(now: number, tolerance = 1) {
    this.tolerance = tolerance;
    this.began = now;
    this.accompanied = now;
  }

  /** Counts a request in the current moment. `hit`: whether it shows the signal in question. */
  add(request: UserRequest, hit: boolean): void {
    if (request.side === 'stable') this.accompanied = request.at;
    this.witnesses.add(request, hit);
  }

  /** Once the moment is over, weighs what was counted and returns it. */
  tick(now: number): Moment | undefined {
    if (!this.isOver(now)) return undefined;
    const moment = { at: now, ...this.witnesses.take() };
    this.began = now;
    this.weigh(moment);
    return moment;
  }

  /** Adds a moment that was weighed elsewhere: by an earlier process, or a recording. */
  recall(moment: Moment): void {
    this.witnesses.remember(moment.hit ?? []);
    this.weigh(moment);
  }

  private weigh({ stable, canary }: Moment): void {
    const before = { ...this.totals.stable.first };
    addTo(this.totals.stable, stable);
    addTo(this.totals.canary, canary);
    if (stable.atRisk > 0 || stable.requests.trials > 0) {
      if (stable.atRisk === 0 || canary.atRisk === 0 || stable.failed + canary.failed === 0) return;
      const least = this.shareOfUsers();
      const share = toleratedShare({ canary, stable }, least, this.tolerance);
      this.evidence.add((factor) => logShareRatio({ canary, stable }, share, factor));
    } else if (canary.first > 0 && before.trials > 0) {
      const rate = Math.min(upperRate(before, REFERENCE_ALPHA) * this.tolerance, HIGHEST);
      const seen = { trials: canary.first, failed: canary.failed };
      this.evidence.add((factor) => logRateRatio(seen, rate, factor));
    }
  }

  /** The logarithm of the evidence that the canary is worse. */
  logEvidence(): number {
    return this.evidence.logEvidence();
  }

  tally(side: Side): Readonly<Tally> {
    return this.totals[side].requests;
  }

  /**
   * A moment ends after a second if both sides had users; otherwise when they have, and after a
   * minute at the latest. It ends sooner if many users come, or if the stable stays without users.
   * Only users who came decide when it ends, never failures: so the users who fail are a random
   * sample of those who came.
   */
  private isOver(now: number): boolean {
    const age = now - this.began;
    if (age < SHORTEST_MS) return false;
    const fewest = Math.min(this.witnesses.atRisk('stable'), this.witnesses.atRisk('canary'));
    if (fewest >= MANY || age >= LONGEST_MS) return true;
    const isAlone = now - this.accompanied >= LONGEST_MS;
    return age >= SHORT_MS && (fewest > 0 || isAlone);
  }

  /**
   * The canary's share of all users who ever came. Its share in a moment is taken to be at least
   * this: if a few users come all the time and happen to be on the stable, they would hide how the
   * many users who come once are divided.
   */
  private shareOfUsers(): number {
    const { stable, canary } = this.totals;
    return canary.users / Math.max(1, canary.users + stable.users);
  }
}

/** Totals of one side: users, requests, and requests of users who had not been hit before. */
function newTotal() {
  return { users: 0, requests: { trials: 0, failed: 0 }, first: { trials: 0, failed: 0 } };
}

function addTo(total: ReturnType<typeof newTotal>, seen: Seen): void {
  total.users += seen.users;
  total.requests.trials += seen.requests.trials;
  total.requests.failed += seen.requests.failed;
  total.first.trials += seen.first;
  total.first.failed += seen.failed;
}
