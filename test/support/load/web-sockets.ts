import type { Story } from './phases.ts';
import { EchoSocket } from './web-socket.ts';

const ECHO_EVERY_MS = 250;

/** A WebSocket that ended, and when. */
interface Cut {
  version: string;
  phase: string;
  /** How long the phase had lasted. */
  after: number;
}

/** WebSockets beside the requests: some stay as long as they can, some are opened and closed. */
export class WebSockets {
  private readonly target: { host: string; port: number };
  private readonly story: Story;
  private readonly problems: string[];
  private readonly residents = new Map<string, EchoSocket>();
  private readonly open = new Set<Promise<void>>();
  private readonly speaking = new Set<string>();
  private timer: NodeJS.Timeout | undefined;
  private count = 0;
  /** Those that ended because their side was removed. */
  readonly retired: Cut[] = [];
  echoes = 0;
  visits = 0;

  constructor(target: { host: string; port: number }, story: Story, problems: string[]) {
    this.target = target;
    this.story = story;
    this.problems = problems;
  }

  /** Continues to open and close one every quarter of a second. */
  start(): void {
    this.timer = setInterval(() => {
      for (const user of this.residents.keys()) this.note(this.speak(user));
      this.note(this.visit(`visitor-${this.count++}`));
    }, ECHO_EVERY_MS);
  }

  /** Opens more of those that stay. */
  async add(count: number): Promise<void> {
    for (let index = 0; index < count; index += 1)
      await this.settle(`resident-${this.residents.size}`);
  }

  /** Closes them all. */
  async stop(): Promise<void> {
    clearInterval(this.timer);
    await Promise.all(this.open);
    for (const socket of this.residents.values()) socket.close();
  }

  private note(work: Promise<void>): void {
    const noted = work.finally(() => this.open.delete(noted));
    this.open.add(noted);
  }

  private async settle(user: string): Promise<void> {
    const opened = Date.now();
    try {
      const socket = await EchoSocket.open(this.target.host, this.target.port, user);
      this.story.answered(user, { version: socket.version, sent: opened, answered: Date.now() });
      this.residents.set(user, socket);
    } catch (error) {
      this.problems.push(`WebSocket of ${user}: ${String(error)}`);
    }
  }

  /** One that was cut is judged by the moment, and its user connects again. */
  private async speak(user: string): Promise<void> {
    const socket = this.residents.get(user);
    if (!socket || this.speaking.has(user)) return;
    this.speaking.add(user);
    try {
      await socket.echo(`${user} ${this.echoes}`);
      this.echoes += 1;
    } catch (error) {
      this.residents.delete(user);
      this.judgeCut(user, socket.version, error);
      await this.settle(user);
    } finally {
      this.speaking.delete(user);
    }
  }

  private judgeCut(user: string, version: string, error: unknown): void {
    const now = Date.now();
    const phase = this.story
      .between(now - 2 * ECHO_EVERY_MS, now)
      .find(({ retires = [] }) => retires.includes(version));
    if (phase) {
      this.retired.push({ version, phase: phase.name, after: now - phase.began });
      return;
    }
    this.problems.push(
      `WebSocket of ${user} on ${version} in ${this.story.current.name}: ${String(error)}`,
    );
  }

  private async visit(user: string): Promise<void> {
    const { host, port } = this.target;
    try {
      const socket = await EchoSocket.open(host, port, user);
      await socket.echo('here');
      await socket.echo('gone');
      socket.close();
      this.visits += 1;
    } catch (error) {
      this.problems.push(`WebSocket of ${user} in ${this.story.current.name}: ${String(error)}`);
    }
  }
}
