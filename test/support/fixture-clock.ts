import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/system/clock.ts';

/** A clock that never waits: every sleep ends at once. */
export class HastyClock implements Clock {
  /** The sum of all sleeps, in milliseconds. */
  slept = 0;

  now(): Date {
    return new Date(Date.now() + this.slept);
  }

  machineTime(): Date {
    return this.now();
  }

  async sleep(ms: number, signal?: AbortSignal): Promise<void> {
    signal?.throwIfAborted();
    this.slept += ms;
    await setImmediate();
  }
}
