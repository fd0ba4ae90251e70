import { Agent, request } from 'node:http';
import { within } from './patience.ts';

interface TrafficOptions {
  perSecond: number;
  method: 'GET' | 'POST';
  /** The number of people; each comes again and again. */
  users?: number;
}

/** What users experienced. */
export interface Met {
  sent: number;
  /** Users who met a failure. */
  hurt: ReadonlySet<string>;
  /** When the first and the last of them did, in milliseconds of the wall clock. */
  firstAt: number | undefined;
  lastAt: number | undefined;
}

/** People who use a shop at a constant rate, whatever it answers. */
export class UserTraffic {
  private readonly url: string;
  private readonly options: Required<TrafficOptions>;
  private readonly open = new Set<Promise<void>>();
  private readonly hurt = new Set<string>();
  private readonly agent = new Agent({ keepAlive: true, scheduling: 'fifo' });
  private timer: NodeJS.Timeout | undefined;
  private sent = 0;
  private firstAt: number | undefined;
  private lastAt: number | undefined;

  constructor(url: string, options: TrafficOptions) {
    this.url = url;
    this.options = { users: 2000, ...options };
  }

  start(): this {
    const began = Date.now();
    this.timer = setInterval(() => {
      const due = ((Date.now() - began) / 1000) * this.options.perSecond;
      while (this.sent < due) this.send();
    }, 10);
    return this;
  }

  /** Ends the stream and waits for the last response; safe to repeat. */
  async stop(): Promise<Met> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    this.agent.destroy();
    const { sent, hurt, firstAt, lastAt } = this;
    return { sent, hurt, firstAt, lastAt };
  }

  private send(): void {
    // Spread over the people without randomness: each comes in turn.
    const user = `user-${(this.sent * 7919) % this.options.users}`;
    this.sent += 1;
    const answered = this.ask(user)
      .then((status) => {
        if (status >= 500) this.note(user);
      })
      .catch(() => this.note(user))
      .finally(() => this.open.delete(answered));
    this.open.add(answered);
  }

  private note(user: string): void {
    this.hurt.add(user);
    this.firstAt ??= Date.now();
    this.lastAt = Date.now();
  }

  private ask(user: string): Promise<number> {
    const { method } = this.options;
    return new Promise((resolve, reject) => {
      const call = request(
        this.url,
        { method, headers: { 'X-User-Id': user }, agent: this.agent },
        (answer) => {
          answer.resume();
          answer.on('end', () => resolve(answer.statusCode ?? 0));
          answer.on('error', reject);
        },
      );
      call.on('error', reject);
      call.setTimeout(within(20_000), () => call.destroy(new Error('no answer in time')));
      call.end();
    });
  }
}
