import type { Clock } from '../../../src/system/clock.ts';
import type { Processes } from '../../../src/system/host.ts';
import type { Timeline } from './timeline.ts';

/** What happens to a call instead of what it asks for. */
export type Fault =
  /** The program is killed before the call. */
  | 'kill'
  /** It is killed this many milliseconds after the call began: a program that it started goes on without it. */
  | { killsAfter: number }
  /** It gets SIGINT, or another signal that it can answer, just before the call. */
  | 'interrupt'
  /** The call fails and does nothing. */
  | 'fails'
  /** The call does its work, and reports a failure. */
  | 'fails-after'
  /** The call does nothing for so many milliseconds, or until its deadline, and then fails. */
  | { hangs: number };

/** One call to something outside the program. */
export interface Call {
  /** From 1 on, among those that change something; among those that only look, of its port. */
  number: number;
  name: string;
  /** Set if it only looks: what it looks at. */
  looksAt?: Port;
}

/** What a program looks at. */
export type Port = 'docker' | 'engine' | 'proxy' | 'disk' | 'http' | 'git';

/** Decides what happens at a call. */
export type Faults = (call: Call) => Fault | undefined;

/** How a call fails: as the port says it, in time. */
export interface Failing<T> {
  fail: () => T;
  /** After this the caller does not wait any more. */
  deadline?: number | undefined;
  signal?: AbortSignal | undefined;
}

const never = <T>() => new Promise<T>(() => undefined);

/** A running program: every call of it to the world passes here, so that it can end between any two. */
export class SimulatedProcess {
  readonly trace: Call[] = [];
  /** Resolves when it is killed. */
  readonly killed: Promise<void>;
  isDead = false;
  hasMetFault = false;
  /** Told about each call that changes something, and what happens to it. */
  onCall: (call: Call, fault: Fault | undefined) => void = () => undefined;
  private readonly looks = new Map<Port, number>();
  private readonly interrupts = new Set<() => void>();
  private readonly onDeath: (() => void)[] = [];
  private end: () => void = () => undefined;
  private tokens = 0;
  readonly pid: number;
  private readonly timeline: Timeline;
  private readonly faults: Faults;
  /** How far the machine's clock was from the timeline when it began; its own time goes on evenly. */
  private readonly offset: number;

  constructor(pid: number, timeline: Timeline, faults: Faults) {
    this.pid = pid;
    this.timeline = timeline;
    this.faults = faults;
    this.offset = timeline.offset;
    this.killed = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  /** A call that only looks; of a program that is dead it never ends. `at`: if it can fail. */
  async look<T>(act: () => Promise<T> | T, at?: { port: Port } & Failing<T>): Promise<T> {
    if (this.isDead) return never();
    if (!at) return this.ofLiving(act);
    const number = (this.looks.get(at.port) ?? 0) + 1;
    this.looks.set(at.port, number);
    return this.meet({ number, name: `look at ${at.port}`, looksAt: at.port }, act, at);
  }

  /** A call that changes something. */
  async change<T>(
    name: string,
    act: () => Promise<T> | T,
    failing: Failing<T> = { fail: failed },
  ): Promise<T> {
    if (this.isDead) return never();
    const call = { number: this.trace.length + 1, name };
    this.trace.push(call);
    return this.meet(call, act, failing);
  }

  private async meet<T>(
    call: Call,
    act: () => Promise<T> | T,
    { fail, deadline = Number.POSITIVE_INFINITY, signal }: Failing<T>,
  ): Promise<T> {
    const fault = this.faults(call);
    if (fault) this.hasMetFault = true;
    if (fault || !call.looksAt) this.onCall(call, fault);
    if (fault === 'kill') return this.kill();
    if (fault === 'interrupt') this.interrupt();
    if (fault === 'fails') return this.ofLiving(fail);
    if (typeof fault === 'object' && 'killsAfter' in fault)
      this.timeline.after(fault.killsAfter, () => void this.kill());
    if (typeof fault === 'object' && 'hangs' in fault)
      return this.ofLiving(async () => {
        await this.timeline.sleep(Math.min(fault.hangs, deadline), signal);
        return fail();
      });
    const result = await this.ofLiving(act);
    return fault === 'fails-after' ? this.ofLiving(fail) : result;
  }

  /** `kill -9`: nothing of it runs any more, and what it holds is free. */
  kill<T>(): Promise<T> {
    if (!this.isDead) {
      this.isDead = true;
      for (const free of this.onDeath) free();
      this.end();
    }
    return never();
  }

  /** Ends by itself. */
  exit(): void {
    void this.kill();
  }

  whenDead(free: () => void): void {
    this.onDeath.push(free);
  }

  interrupt(): void {
    for (const stop of this.interrupts) stop();
  }

  /** The same in each run. */
  token(): string {
    this.tokens += 1;
    return `${this.pid}-${this.tokens}`;
  }

  onInterrupt(stop: () => void): ReturnType<Processes['onInterrupt']> {
    this.interrupts.add(stop);
    return { off: () => void this.interrupts.delete(stop) };
  }

  clock(): Clock {
    const { timeline } = this;
    return {
      now: () => new Date(timeline.now() + this.offset),
      machineTime: () => new Date(timeline.wall()),
      sleep: (ms, signal) => this.look(() => timeline.sleep(ms, signal)),
    };
  }

  private async ofLiving<T>(act: () => Promise<T> | T): Promise<T> {
    try {
      const result = await act();
      return this.isDead ? never() : result;
    } catch (error) {
      if (this.isDead) return never();
      throw error;
    }
  }
}

function failed(): never {
  throw new Error('the call failed');
}
