import type { Story } from './phases.ts';
import { type Asked, nthRequest, Refused, send } from './request.ts';
import { WebSockets } from './web-sockets.ts';

const RETRY_AFTER_MS = 5;

/** A constant load: each request is sent when it is due, whether earlier ones are answered or not. */
export class LoadClient {
  private readonly target: { host: string; port: number };
  private readonly options: { perSecond: number; users: number };
  private readonly story: Story;
  private readonly open = new Set<Promise<void>>();
  private timer: NodeJS.Timeout | undefined;
  private began = 0;
  readonly sockets: WebSockets;
  readonly problems: string[] = [];
  /** Connections that were refused while the port was handed over, with their times. */
  readonly refused: number[] = [];
  sent = 0;
  answered = 0;

  constructor(
    target: { host: string; port: number },
    story: Story,
    options: { perSecond: number; users: number },
  ) {
    this.target = target;
    this.options = options;
    this.story = story;
    this.sockets = new WebSockets(target, story, this.problems);
  }

  start(): void {
    this.began = Date.now();
    this.timer = setInterval(() => {
      const due = ((Date.now() - this.began) / 1000) * this.options.perSecond;
      while (this.sent < due) this.sendNext();
    }, 2);
  }

  /** Waits until this many requests have been sent. */
  async reach(count: number): Promise<void> {
    while (this.sent < count) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** Ends the load and waits for the last response. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    await this.sockets.stop();
  }

  get perSecond(): number {
    return Math.round((this.sent * 1000) / (Date.now() - this.began));
  }

  /** From the first refused connection to the last. */
  get gapMs(): number {
    return this.refused.length === 0 ? 0 : Math.max(...this.refused) - Math.min(...this.refused);
  }

  private sendNext(): void {
    const asked = nthRequest(this.sent++, this.options.users);
    // During the hand-over, a stopping container's server may accept a new connection without reading it.
    if (this.story.current.handsOver) asked.isOnNewConnection = false;
    const done = this.ask(asked).finally(() => this.open.delete(done));
    this.open.add(done);
  }

  private async ask(asked: Asked): Promise<void> {
    const sent = Date.now();
    try {
      const { version } = await this.patiently(asked);
      this.answered += 1;
      this.story.answered(asked.user, { version, sent, answered: Date.now() });
    } catch (error) {
      const phases = this.story.between(sent, Date.now()).map(({ name }) => name);
      this.problems.push(`${asked.method} ${asked.path} in ${phases.join(', ')}: ${String(error)}`);
    }
  }

  /** Retries a refused connection, but only during the hand-over of a port, when connections may be refused. */
  private async patiently(asked: Asked): Promise<{ version: string }> {
    for (;;) {
      const began = Date.now();
      try {
        return await send(this.target.host, this.target.port, asked);
      } catch (error) {
        const mayBe = this.story.between(began, Date.now()).some(({ handsOver }) => handsOver);
        if (!(error instanceof Refused) || !mayBe) throw error;
        this.refused.push(Date.now());
        await new Promise((resolve) => setTimeout(resolve, RETRY_AFTER_MS));
      }
    }
  }
}
