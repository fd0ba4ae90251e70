import type { UserRequest } from './request.ts';
import { Mixture } from './stats/mixture.ts';
import { type Tally, upperRate } from './stats/rate-bounds.ts';
import { logRateRatio } from './stats/rate-test.ts';
import { logShareRatio, toleratedShare } from './stats/share-test.ts';
import { type Seen, Witnesses } from './witnesses.ts';

/**
 * With what chance of error the stable's rate is taken from before, where it has no users to compare with. So small that
 * all questions together add less than a hundredth to an alpha of 0.01.
 */
const REFERENCE_ALPHA = 1e-6;
/** A rate that a higher one can still be told from. */
const HIGHEST = 0.99;

type Side = UserRequest['side'];

/** How long a moment lasts, in milliseconds: the shortest if so many users of either side came. */
const SHORTEST_MS = 250;
const MANY = 5;
const SHORT_MS = 1000;
const LONGEST_MS = 60_000;

/** A moment that was weighed; enough to weigh it again. */
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
export class SignalComparison {
  private readonly evidence = new Mixture();
  private readonly witnesses = new Witnesses();
  private readonly totals = { stable: newTotal(), canary: newTotal() };
  private began: number;
  /** When the stable had users last. */
  private accompanied: number;

  private readonly tolerance: number;

  /** `now` as in requests: milliseconds. `tolerance`: how many times as often is still no worse. */
  constructor(now: number, tolerance = 1) {
    this.tolerance = tolerance;
    this.began = now;
    this.accompanied = now;
  }

  /** Counts a request into the moment; `hit`: whether it shows what is asked about. */
  add(request: UserRequest, hit: boolean): void {
    if (request.side === 'stable') this.accompanied = request.at;
    this.witnesses.add(request, hit);
  }

  /** Weighs what was counted, once the moment is over, and gives it. */
  tick(now: number): Moment | undefined {
    if (!this.isOver(now)) return undefined;
    const moment = { at: now, ...this.witnesses.take() };
    this.began = now;
    this.weigh(moment);
    return moment;
  }

  /** Takes a moment that is over into account. */
  weigh({ stable, canary }: Moment): void {
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

  /** The evidence that the canary is worse, as a logarithm. */
  logEvidence(): number {
    return this.evidence.logEvidence();
  }

  tally(side: Side): Readonly<Tally> {
    return this.totals[side].requests;
  }

  /**
   * A moment ends after a second if both sides had users, else when they have, and at the latest after a minute; sooner
   * where many come, and where the stable is without users for good. What decides on the end are users who came, never
   * failures: whoever fails then is as good as drawn among those who came.
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
   * The canary's share of all who ever came. It is the least that is taken for its share in a moment: a few who come all
   * the time, all on the stable by chance, would hide how the many who come once are divided.
   */
  private shareOfUsers(): number {
    const { stable, canary } = this.totals;
    return canary.users / Math.max(1, canary.users + stable.users);
  }
}

/** All of one side: users who came, requests, and requests of users who had not been hit before. */
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
