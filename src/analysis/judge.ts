import { type Moment, SignalComparison } from './comparison.ts';
import type { UserRequest } from './request.ts';
import { type Signal, shows, TOLERANCE, type Usual } from './signals.ts';
import { lowerRate, type Tally, upperRate } from './stats/rate-bounds.ts';
import { UsualLearner } from './usual-learner.ts';

export interface JudgeSettings {
  /** The probability, over a canary's whole life, of rolling it back although it is no worse. */
  alpha: number;
  /** The share of all users who may be hurt in addition to those the stable hurts (0.005: 0.5%). */
  margin: number;
  /** Requests the canary must have served before it can pass. */
  minimumRequests: number;
  /** Percentile of the stable's durations; a longer duration is slow. */
  percentile: number;
  /**
   * How long the canary may respond slowly after it got users, in milliseconds: a fresh process is
   * cold.
   */
  warmUp: number;
  signals: readonly Signal[];
}

/** A comparison that decided, with its numbers. */
export interface Reason {
  signal: Signal;
  /** The route; `undefined` for all requests. */
  group: string | undefined;
  stable: Tally;
  canary: Tally;
  /** How many times more likely this is if the canary is worse, as a power of ten. */
  evidence: number;
}

export type RequestVerdict =
  | { result: 'fail'; reasons: readonly Reason[] }
  | { result: 'pass'; rates: Rates }
  /** Not enough is known yet; `missing` is what is missing. */
  | { result: 'wait'; missing: 'requests' | 'certainty'; rates: Rates };

/** A moment of one question, as it was weighed. */
export interface SignalMoment extends Moment {
  signal: Signal;
  /** The route; `undefined` for all requests. */
  group: string | undefined;
}

/** Failures so far, and how far the canary's rate may be above the stable's. */
export interface Rates {
  stable: Tally;
  canary: Tally;
  excess: number;
}

/** How many groups are distinguished; requests of other groups only count in the total. */
const MOST_GROUPS = 20;
/**
 * How alpha is divided among the questions (Bonferroni's inequality with weights). The largest part
 * goes to failures of all requests together, which find most problems; the rest of a signal's part
 * is divided equally among single groups. So looking at more places never makes a false alarm more
 * likely than alpha.
 */
const PART = { failed: 0.55, slow: 0.2, refused: 0.15, size: 0.1 } as const;
const OF_ALL = 0.8;

/**
 * Judges a canary by its users' requests, compared with the stable's at the same time. Valid at
 * every look: if the canary is no worse, the probability of `fail` is at most alpha, however long
 * it runs and however often it is asked.
 */
export class Judge {
  private readonly settings: JudgeSettings;
  private readonly learner: UsualLearner;
  private readonly overall: ReadonlyMap<Signal, SignalComparison>;
  private readonly grouped = new Map<string, ReadonlyMap<Signal, SignalComparison>>();

  /** When the canary's first user came. */
  private firstAt: number | undefined;
  private readonly record: ((moment: SignalMoment) => void) | undefined;

  /**
   * `now`: in milliseconds, as in requests. `record` is called for every moment that is weighed.
   */
  constructor(settings: JudgeSettings, now: number, record?: (moment: SignalMoment) => void) {
    this.settings = settings;
    this.record = record;
    this.learner = new UsualLearner(settings.percentile);
    this.overall = this.newComparisons(now);
  }

  /** Takes the next request; requests come approximately in order of time. */
  observe(request: UserRequest): void {
    const { group, at, side } = request;
    if (side === 'canary') this.firstAt ??= at;
    const isWarm = this.firstAt !== undefined && at - this.firstAt >= this.settings.warmUp;
    for (const [name, comparisons] of [
      [undefined, this.overall],
      [group, this.comparisonsOf(group, at)],
    ] as const) {
      for (const [signal, comparison] of comparisons ?? []) {
        this.tick(signal, name, comparison, at);
        if (signal === 'slow' && !isWarm) continue;
        const hit = shows(signal, request, this.learner.usual);
        if (hit !== undefined) comparison.add(request, hit);
      }
    }
    this.learn(request);
  }

  /**
   * Learns what is usual from a request to the stable, even one the canary is not compared with.
   */
  learn(request: UserRequest): void {
    this.learner.learn(request);
  }

  /**
   * The verdict on continuing to a weight. Passing also needs evidence: with the next weight's
   * share of users on the canary, at most `margin` of all users can be hurt in addition to those
   * the stable hurts.
   */
  verdict(
    nextWeight: number,
    now: number,
    minimumRequests = this.settings.minimumRequests,
  ): RequestVerdict {
    for (const [group, comparisons] of [[undefined, this.overall] as const, ...this.grouped])
      for (const [signal, comparison] of comparisons) this.tick(signal, group, comparison, now);
    const reasons = this.reasons();
    if (reasons.length > 0) return { result: 'fail', reasons };
    const { margin } = this.settings;
    const rates = this.rates();
    if (rates.canary.trials < minimumRequests)
      return { result: 'wait', missing: 'requests', rates };
    return (rates.excess * nextWeight) / 100 <= margin
      ? { result: 'pass', rates }
      : { result: 'wait', missing: 'certainty', rates };
  }

  /** Whether the verdict is `fail`, as known so far; costs less than asking for the verdict. */
  isWorse(): boolean {
    return this.reasons().length > 0;
  }

  /**
   * How far both verdicts are, from 0 to 1: at 1, `against` is a `fail`, and `for` is a `pass` on continuing to a
   * weight.
   */
  distances(nextWeight: number, minimumRequests: number): { against: number; for: number } {
    const { canary, excess } = this.rates();
    const hurt = (excess * nextWeight) / 100;
    const requests = minimumRequests === 0 ? 1 : canary.trials / minimumRequests;
    const certainty = hurt <= this.settings.margin ? 1 : this.settings.margin / hurt;
    const parts = this.questions().map(({ comparison, limit }) => comparison.logEvidence() / limit);
    return {
      against: Math.min(1, Math.max(0, ...parts)),
      for: Math.min(1, requests, certainty),
    };
  }

  /** What is usual on the stable, once it is known. */
  get usual(): Usual | undefined {
    return this.learner.usual;
  }

  /** Goes on with what an earlier process found usual: what counts as a hit must not change in between. */
  recallUsual(usual: Usual): void {
    this.learner.fix(usual);
  }

  /** Adds a moment that an earlier process weighed, or that was recorded, to the evidence. */
  weigh(moment: SignalMoment): void {
    const { signal, group, at } = moment;
    const comparisons = group === undefined ? this.overall : this.comparisonsOf(group, at);
    comparisons?.get(signal)?.recall(moment);
  }

  private tick(
    signal: Signal,
    group: string | undefined,
    comparison: SignalComparison,
    now: number,
  ) {
    const moment = comparison.tick(now);
    if (moment) this.record?.({ ...moment, signal, group });
  }

  private comparisonsOf(group: string, at: number) {
    const known = this.grouped.get(group);
    if (known || this.grouped.size >= MOST_GROUPS) return known;
    const made = this.newComparisons(at);
    this.grouped.set(group, made);
    return made;
  }

  private newComparisons(now: number): ReadonlyMap<Signal, SignalComparison> {
    return new Map(
      this.settings.signals.map((signal) => [signal, new SignalComparison(now, TOLERANCE[signal])]),
    );
  }

  private reasons(): Reason[] {
    return this.questions()
      .filter(({ comparison, limit }) => comparison.logEvidence() >= limit)
      .map(({ signal, group, comparison }) => ({
        signal,
        group,
        stable: { ...comparison.tally('stable') },
        canary: { ...comparison.tally('canary') },
        evidence: comparison.logEvidence() / Math.LN10,
      }));
  }

  /** Every comparison with the evidence that decides it, as a natural logarithm. */
  private questions(): Question[] {
    const { alpha } = this.settings;
    return [
      ...questionsOf(undefined, this.overall, alpha * OF_ALL),
      ...[...this.grouped].flatMap(([group, each]) =>
        questionsOf(group, each, (alpha * (1 - OF_ALL)) / MOST_GROUPS),
      ),
    ];
  }

  private rates(): Rates {
    const failures = this.overall.get('failed');
    const [any] = this.overall.values();
    const of = (side: UserRequest['side']) => ({ ...((failures ?? any)?.tally(side) ?? NOTHING) });
    const [stable, canary] = [of('stable'), of('canary')];
    // If failures do not count, they hurt no user.
    if (!failures) return { stable, canary, excess: 0 };
    const alpha = this.settings.alpha / 2;
    return { stable, canary, excess: upperRate(canary, alpha) - lowerRate(stable, alpha) };
  }
}

const NOTHING: Tally = { trials: 0, failed: 0 };

interface Question {
  signal: Signal;
  group: string | undefined;
  comparison: SignalComparison;
  limit: number;
}

function questionsOf(
  group: string | undefined,
  comparisons: ReadonlyMap<Signal, SignalComparison>,
  alpha: number,
): Question[] {
  return [...comparisons].map(([signal, comparison]) => {
    const limit = -Math.log(alpha * PART[signal]);
    return { signal, group, comparison, limit };
  });
}
