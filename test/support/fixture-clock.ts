import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/system/clock.ts';

/** A clock on which nobody waits: what is slept has passed at once. */
export class HastyClock implements Clock {
  /** All that was slept, in milliseconds. */
  slept = 0;

  now(): Date {
    return new Date(Date.now() + this.slept);
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept += ms;
    await setImmediate();
  }
}
