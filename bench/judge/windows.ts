import type { UserRequest } from '../../src/analysis/request.ts';
import { Quantiles } from '../../src/analysis/stats/quantile.ts';

export const MINUTE_MS = 60_000;

/** One side in one minute, as a metrics system knows it. */
export class Minute {
  requests = 0;
  failed = 0;
  private readonly durations = new Quantiles();

  add({ failed, duration }: UserRequest): void {
    this.requests += 1;
    if (failed) this.failed += 1;
    if (duration !== undefined) this.durations.add(duration);
  }

  /** Share of requests that did not fail; `undefined` without any. */
  get success(): number | undefined {
    return this.requests === 0 ? undefined : 1 - this.failed / this.requests;
  }

  /** The duration that 99 of 100 responses stay at or below. */
  get p99(): number | undefined {
    return this.durations.at(0.99);
  }
}

/** Both sides minute by minute; all rules that look at metrics share it. */
export class Minutes {
  readonly canary: Minute[] = [new Minute()];
  readonly stable: Minute[] = [new Minute()];

  add(request: UserRequest): void {
    const minute = Math.floor(request.at / MINUTE_MS);
    for (const side of [this.canary, this.stable])
      while (side.length <= minute) side.push(new Minute());
    this[request.side][minute]?.add(request);
  }

  /** The canary's share of success over the last whole minutes before `now`; `undefined` without a request. */
  success(now: number, minutes: number): number | undefined {
    const end = Math.floor(now / MINUTE_MS);
    const window = this.canary.slice(Math.max(0, end - minutes), end);
    const requests = window.reduce((sum, each) => sum + each.requests, 0);
    const failed = window.reduce((sum, each) => sum + each.failed, 0);
    return requests === 0 ? undefined : 1 - failed / requests;
  }
}
