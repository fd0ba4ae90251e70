/** When the simulated world begins: any time will do. */
const BEGIN = Date.UTC(2026, 0, 5, 9);

interface Timer {
  at: number;
  /** Timers of the same moment fire in the order in which they were set. */
  order: number;
  fire: () => void;
  /** Whether a program may go on because of it, which needs a turn of the event loop. */
  wakes: boolean;
}

/** Simulated time: it stands still while any program works, and then jumps to the next moment at which something is. */
export class Timeline {
  private ms = BEGIN;
  private count = 0;
  private readonly timers: Timer[] = [];
  /** Real programs at work, such as git: time stands still for them. */
  private external = 0;
  /** How far somebody has set the machine's clock forward. */
  offset = 0;

  /** Milliseconds of the epoch; it goes on evenly, whatever becomes of the machine's clock. */
  now(): number {
    return this.ms;
  }

  /** What the machine's clock says. */
  wall(): number {
    return this.ms + this.offset;
  }

  /** Does something later; returns how to leave it. */
  after(ms: number, fire: () => void, wakes = false): () => void {
    const timer = { at: this.ms + Math.max(0, ms), order: this.count, fire, wakes };
    this.count += 1;
    let low = 0;
    for (let high = this.timers.length; low < high; ) {
      const middle = (low + high) >> 1;
      if ((this.timers[middle] as Timer).at <= timer.at) low = middle + 1;
      else high = middle;
    }
    this.timers.splice(low, 0, timer);
    return () => {
      const index = this.timers.indexOf(timer);
      if (index >= 0) this.timers.splice(index, 1);
    };
  }

  /** Waits; rejects with the signal's reason when it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const stop = () => {
        cancel();
        reject(signal?.reason);
      };
      const wake = () => {
        signal?.removeEventListener('abort', stop);
        resolve();
      };
      const cancel = this.after(ms, wake, true);
      signal?.addEventListener('abort', stop, { once: true });
    });
  }

  /** Something real that takes its own time. */
  async outside<T>(work: Promise<T>): Promise<T> {
    this.external += 1;
    try {
      return await work;
    } finally {
      this.external -= 1;
    }
  }

  /** Lets time pass until `work` has ended. Throws if nothing is left that could end it, or after a simulated time. */
  async until<T>(work: Promise<T>, mostMs = 24 * 3600_000): Promise<T> {
    let isOver = false;
    const end = () => {
      isOver = true;
    };
    work.then(end, end);
    const deadline = this.ms + mostMs;
    for (;;) {
      await turn();
      while (this.external > 0) await turn();
      if (isOver) return work;
      if (!this.step(deadline)) throw new Error('Nothing is left that could end this.');
    }
  }

  /** Lets this much time pass. */
  async pass(ms: number): Promise<void> {
    await this.until(this.sleep(ms));
  }

  /** Goes on to the next moment at which a program may go on. */
  private step(deadline: number): boolean {
    for (;;) {
      const timer = this.timers.shift();
      if (!timer || timer.at > deadline) return false;
      this.ms = timer.at;
      timer.fire();
      if (timer.wakes) return true;
    }
  }
}

function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
