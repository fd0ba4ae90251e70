import { Agent, request } from 'node:http';
import { performance } from 'node:perf_hooks';

/** One in this many requests writes. */
const WRITES_EVERY = 5;
const PATIENCE_MS = 20_000;

/**
 * A constant load: each request has its time, whether earlier ones are answered or not, and its latency counts from that
 * time on, so that waiting to be sent is part of it.
 */
export class ConstantLoad {
  private readonly agent = new Agent({ keepAlive: true });
  private readonly open = new Set<Promise<void>>();
  private readonly latencies: number[] = [];
  /** What went wrong, in words. */
  readonly failures: string[] = [];
  private readonly url: string;
  private readonly everyMs: number;
  private readonly began = performance.now();
  private timer: NodeJS.Timeout | undefined;
  private sent = 0;

  constructor(url: string, perSecond: number) {
    this.url = url;
    this.everyMs = 1000 / perSecond;
    this.next();
  }

  /** Sends no more, waits for the last response and returns all latencies in milliseconds. */
  async stop(): Promise<number[]> {
    clearTimeout(this.timer);
    await Promise.all(this.open);
    this.agent.destroy();
    return this.latencies;
  }

  private next(): void {
    for (; this.dueAt(this.sent) <= performance.now(); this.sent += 1) {
      const asked = this.ask(this.sent).finally(() => this.open.delete(asked));
      this.open.add(asked);
    }
    this.timer = setTimeout(() => this.next(), this.dueAt(this.sent) - performance.now());
  }

  private dueAt(number: number): number {
    return this.began + number * this.everyMs;
  }

  private ask(number: number): Promise<void> {
    const writes = number % WRITES_EVERY === 0;
    const path = writes ? '/orders' : `/orders/${1 + ((number * 7919) % 50_000)}`;
    return new Promise((resolve) => {
      // A failed request counts as the slowest possible.
      const end = (failure?: string) => {
        if (failure) this.failures.push(failure);
        this.latencies.push(failure ? PATIENCE_MS : performance.now() - this.dueAt(number));
        resolve();
      };
      const method = writes ? 'POST' : 'GET';
      const call = request(this.url + path, { method, agent: this.agent }, (answer) => {
        const { statusCode = 0 } = answer;
        answer.resume();
        answer.on('end', () => end(statusCode < 300 ? undefined : `status ${statusCode}`));
      });
      call.setTimeout(PATIENCE_MS, () => call.destroy(new Error('no answer in time')));
      call.on('error', (error) => end(error.message));
      call.end();
    });
  }
}
