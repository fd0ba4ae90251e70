import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/** Processes that each want a whole core, so that everything else must wait for its turn. */
export class BusyProcesses {
  private readonly children: readonly ChildProcess[];

  constructor(count: number) {
    this.children = Array.from({ length: count }, () =>
      // If this process is killed, they end by themselves.
      spawn(process.execPath, ['--eval', 'while (process.ppid !== 1);'], { stdio: 'ignore' }),
    );
  }

  async stop(): Promise<void> {
    for (const child of this.children) {
      const ended = once(child, 'exit');
      child.kill('SIGKILL');
      await ended;
    }
  }
}
