import type { UserRequest } from './request.ts';
import type { Usual } from './signals.ts';
import { Quantiles } from './stats/quantile.ts';

/** This many responses are enough to know what is usual. */
const ENOUGH = 200;
/** A response of half the size suggests that something is missing; pages grow more easily. */
const SHORTER = 2;
const LONGER = 4;
/** A difference no user notices: 25% more, or this many milliseconds, whichever is longer. */
const UNNOTICED = { factor: 1.25, ms: 20 };
const RARE = 0.005;

/**
 * Learns from the stable what is usual, then never changes: a threshold that moved with the traffic
 * it judges would make the test's error rate unknown.
 */
export class UsualLearner {
  private readonly durations = new Quantiles();
  private readonly sizes = new Quantiles();
  private fixed: Usual | undefined;
  private readonly percentile: number;

  /** `percentile`: of the stable's durations; a longer duration is slow. */
  constructor(percentile: number) {
    this.percentile = percentile;
  }

  /** What is usual, once enough responses were seen. */
  get usual(): Usual | undefined {
    return this.fixed;
  }

  /** Takes what was learned before. */
  fix(usual: Usual): void {
    this.fixed = usual;
  }

  learn({ side, failed, status, duration, bytes }: UserRequest): void {
    if (this.fixed || side !== 'stable' || failed) return;
    if (duration !== undefined) this.durations.add(duration);
    if (bytes !== undefined && status === 200) this.sizes.add(bytes);
    if (this.durations.count < ENOUGH) return;
    this.fixed = {
      slow: slowFrom(this.durations.at(this.percentile / 100)),
      smallest: (this.sizes.at(RARE) ?? 0) / SHORTER,
      largest: (this.sizes.at(1 - RARE) ?? Number.POSITIVE_INFINITY) * LONGER,
    };
  }
}

function slowFrom(usual: number | undefined): number {
  if (usual === undefined) return Number.POSITIVE_INFINITY;
  return Math.max(usual * UNNOTICED.factor, usual + UNNOTICED.ms);
}
