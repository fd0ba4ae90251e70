import type { Clock } from '../../../src/system/clock.ts';
import type { Processes } from '../../../src/system/host.ts';
import type { Timeline } from './timeline.ts';

/** What happens to a call instead of what it asks for. */
type Fault =
  /** The program is killed before the call. */
  | 'kill'
  /** It is killed this many milliseconds after the call began: a program that it started goes on without it. */
  | { killsAfter: number }
  /** It gets SIGINT just before the call. */
  | 'interrupt'
  /** The call fails and does nothing. */
  | { fails: Error }
  /** The call does its work, and reports a failure. */
  | { failsAfter: Error };

/** One call that changes something outside the program. */
export interface Call {
  /** From 1 on. */
  number: number;
  name: string;
}

/** Decides what happens at a call. */
export type Faults = (call: Call) => Fault | undefined;

const never = <T>() => new Promise<T>(() => undefined);

/** A running program: every call of it to the world passes here, so that it can end between any two. */
export class SimulatedProcess {
  readonly trace: Call[] = [];
  /** Resolves when it is killed. */
  readonly killed: Promise<void>;
  isDead = false;
  private readonly interrupts = new Set<() => void>();
  private readonly onDeath: (() => void)[] = [];
  private end: () => void = () => undefined;
  readonly pid: number;
  private readonly timeline: Timeline;
  private readonly faults: Faults;

  constructor(pid: number, timeline: Timeline, faults: Faults) {
    this.pid = pid;
    this.timeline = timeline;
    this.faults = faults;
    this.killed = new Promise((resolve) => {
      this.end = resolve;
    });
  }

  /** A call that only looks; of a program that is dead it never ends. */
  async look<T>(act: () => Promise<T> | T): Promise<T> {
    if (this.isDead) return never();
    return this.ofLiving(act);
  }

  /** A call that changes something. */
  async change<T>(name: string, act: () => Promise<T> | T): Promise<T> {
    if (this.isDead) return never();
    const call = { number: this.trace.length + 1, name };
    this.trace.push(call);
    const fault = this.faults(call);
    if (fault === 'kill') return this.kill();
    if (typeof fault === 'object' && 'killsAfter' in fault)
      this.timeline.after(fault.killsAfter, () => void this.kill());
    if (fault === 'interrupt') this.interrupt();
    if (typeof fault === 'object' && 'fails' in fault) throw fault.fails;
    const result = await this.ofLiving(act);
    if (typeof fault === 'object' && 'failsAfter' in fault) throw fault.failsAfter;
    return result;
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

  onInterrupt(stop: () => void): ReturnType<Processes['onInterrupt']> {
    this.interrupts.add(stop);
    return { off: () => void this.interrupts.delete(stop) };
  }

  clock(): Clock {
    const { timeline } = this;
    return {
      now: () => new Date(timeline.now()),
      machineTime: () => new Date(timeline.now()),
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
