import { setImmediate, setTimeout as sleepFor } from 'node:timers/promises';

/** Time as a parameter, so that waits and stamps can be tested. */
export interface Clock {
  /** When it is, for this process: it goes on evenly even if somebody sets the machine's clock meanwhile. */
  now(): Date;
  /** The machine's clock, which can jump: only to compare with times that another program took from it. */
  machineTime(): Date;
  /** Waits `ms` milliseconds; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => new Date(performance.timeOrigin + performance.now()),
  machineTime: () => new Date(),
  async sleep(ms, signal) {
    signal?.throwIfAborted();
    await sleepFor(ms, undefined, signal ? { signal } : {}).catch((error: unknown) => {
      signal?.throwIfAborted();
      throw error;
    });
  },
};

/** A signal that aborts after some time, unless it is ended before. */
export function deadline(clock: Clock, ms: number): { signal: AbortSignal; end: () => void } {
  const late = new AbortController();
  const over = new AbortController();
  void clock.sleep(ms, over.signal).then(
    () => late.abort(),
    () => undefined,
  );
  return { signal: late.signal, end: () => over.abort() };
}

/** Lets everything else that waits have its turn, within long work that does not wait for anything. */
export function nextTurn(): Promise<void> {
  return setImmediate();
}
