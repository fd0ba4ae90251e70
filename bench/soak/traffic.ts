import { request } from 'node:http';

const PATIENCE_MS = 30_000;

/** A request that got no good answer. */
export interface Lost {
  /** When it was sent and when it was lost, in milliseconds of the epoch. */
  sent: number;
  at: number;
  /** A status of 500 or more, or the error of the connection. */
  how: string;
}

/** People who use a shop at a constant rate, whatever it answers, each request by a connection of its own. */
export class Traffic {
  sent = 0;
  readonly lost: Lost[] = [];
  private readonly url: string;
  private readonly open = new Set<Promise<void>>();
  private readonly timer: NodeJS.Timeout;

  constructor(url: string, perSecond: number, users: number) {
    this.url = url;
    const began = Date.now();
    this.timer = setInterval(() => {
      const due = ((Date.now() - began) / 1000) * perSecond;
      while (this.sent < due) this.send(`user-${(this.sent * 7919) % users}`);
    }, 10);
  }

  /** Ends the stream and waits for the last answer. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
  }

  private send(user: string): void {
    this.sent += 1;
    const sent = Date.now();
    const answered = statusFor(this.url, user).then((status) => {
      this.open.delete(answered);
      if (typeof status === 'string' || status >= 500)
        this.lost.push({ sent, at: Date.now(), how: String(status) });
    });
    this.open.add(answered);
  }
}

/** The status of an answer, or the code of the error without one. */
function statusFor(url: string, user: string): Promise<number | string> {
  return new Promise((resolve) => {
    const fail = (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message);
    const asked = request(url, { headers: { 'X-User-Id': user }, agent: false }, (answer) => {
      answer.on('error', fail).on('end', () => resolve(answer.statusCode ?? 0));
      answer.resume();
    });
    asked.on('error', fail).setTimeout(PATIENCE_MS, () => asked.destroy(new Error('no answer')));
    asked.end();
  });
}
