import type { Opinion } from './opinion.ts';
import type { UserRequest } from './request.ts';
import { Quantiles } from './stats/quantile.ts';

/** Limits that the operator set for the canary alone, independent of the stable. */
export interface Limits {
  /** Percent of its requests. */
  failures?: number | undefined;
  /** Limit for the 99th percentile, in milliseconds. */
  p99?: number | undefined;
  /** The period that is judged, in milliseconds; longer if it contains too few requests. */
  window: number;
}

/** The window moves forward in this many parts. */
const PARTS = 12;
const SOURCE = 'thresholds';

interface Part {
  began: number;
  requests: number;
  failed: number;
  durations: Quantiles;
}

/**
 * Compares the canary's last requests with fixed limits, as most tools do; returns `wait` before
 * there are enough.
 */
export class Thresholds {
  private readonly limits: Limits;
  private readonly enough: number;
  private parts: Part[] = [];

  /** `enough`: requests in the window before a limit is checked. */
  constructor(limits: Limits, enough: number) {
    this.limits = limits;
    this.enough = enough;
  }

  observe({ side, at, failed, duration }: UserRequest): void {
    if (side !== 'canary') return;
    const part = this.partAt(at);
    part.requests += 1;
    if (failed) part.failed += 1;
    else if (duration !== undefined) part.durations.add(duration);
  }

  /** One opinion for each limit, with the numbers of the current window. */
  opinions(now: number): Opinion[] {
    const parts = this.recent(now);
    const requests = sum(parts.map((part) => part.requests));
    if (requests < this.enough) {
      const text = `Too few requests for the limits: ${requests} of ${this.enough} on the canary.`;
      return [{ source: SOURCE, result: 'wait', text }];
    }
    return [...this.failures(parts, requests), ...this.slowest(parts)];
  }

  private failures(parts: readonly Part[], requests: number): Opinion[] {
    const { failures } = this.limits;
    if (failures === undefined) return [];
    const failed = sum(parts.map((part) => part.failed));
    const share = (100 * failed) / requests;
    const text = `${failed} of ${requests} requests failed on the canary, ${share.toFixed(2)} %; the limit is ${failures} %.`;
    return [{ source: SOURCE, result: share > failures ? 'fail' : 'pass', text }];
  }

  private slowest(parts: readonly Part[]): Opinion[] {
    const { p99 } = this.limits;
    if (p99 === undefined) return [];
    const durations = new Quantiles();
    for (const part of parts) durations.addAll(part.durations);
    const slowest = Math.round(durations.at(0.99) ?? 0);
    const text = `99 % of the canary's answers took at most ${slowest} ms; the limit is ${p99} ms.`;
    return [{ source: SOURCE, result: slowest > p99 ? 'fail' : 'pass', text }];
  }

  private partAt(at: number): Part {
    const last = this.parts.at(-1);
    if (last && at - last.began < this.limits.window / PARTS) return last;
    const part = { began: at, requests: 0, failed: 0, durations: new Quantiles() };
    this.parts = [...this.recent(at), part];
    return part;
  }

  /**
   * The parts within the window; if they have too few requests, as many earlier parts as needed.
   */
  private recent(now: number): Part[] {
    let requests = 0;
    const newestFirst = this.parts.toReversed().filter((part) => {
      const isNeeded = now - part.began <= this.limits.window || requests < this.enough;
      requests += part.requests;
      return isNeeded;
    });
    return newestFirst.toReversed();
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
