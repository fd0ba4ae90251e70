import { mkdirSync, mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SimulatedCompose } from './compose.ts';
import type { DiskState } from './disk.ts';
import { SimulatedEngine } from './engine.ts';
import { SimulatedHaproxy } from './haproxy.ts';
import { type Paths, pathsIn, SEEN } from './paths.ts';
import { type Call, type Fault, type Faults, SimulatedProcess } from './process.ts';
import { Timeline } from './timeline.ts';
import { Visitors } from './visitors.ts';

/** Linux keeps it in memory. */
const IN_MEMORY = '/dev/shm';

/** One machine: a folder, an engine, a proxy in it, users, and the programs that run. */
export class World {
  readonly timeline = new Timeline();
  readonly engine = new SimulatedEngine(this.timeline);
  readonly haproxy: SimulatedHaproxy;
  readonly visitors: Visitors;
  /** The real folder of all files. */
  readonly home: string;
  readonly paths: Paths;
  /** The folder of the project, as programs see it. */
  readonly folder = join(SEEN, 'shop');
  readonly compose: SimulatedCompose;
  readonly processes = new Map<number, SimulatedProcess>();
  disk: DiskState = 'writable';
  /** Told about each call of a program that changes something, and about each that a fault meets. */
  onCall: (process: SimulatedProcess, call: Call, fault: Fault | undefined) => void = () =>
    undefined;
  private pids = 1000;

  constructor() {
    let parent = tmpdir();
    try {
      parent = realpathSync(IN_MEMORY);
    } catch {
      // Elsewhere than on Linux.
    }
    this.home = mkdtempSync(join(parent, 'canary-world-'));
    this.paths = pathsIn(this.home);
    mkdirSync(join(this.home, 'shop'));
    mkdirSync(join(this.home, 'tmp'));
    this.haproxy = new SimulatedHaproxy(this);
    this.visitors = new Visitors(this);
    this.compose = new SimulatedCompose(this);
  }

  /** The real path of a file of the project. */
  file(name: string): string {
    return join(this.home, 'shop', name);
  }

  process(faults: Faults = () => undefined): SimulatedProcess {
    this.pids += 1;
    const process = new SimulatedProcess(this.pids, this.timeline, faults);
    this.processes.set(process.pid, process);
    return process;
  }

  /** What the kernel tells about the processes of containers. */
  proc(path: string): string | undefined {
    const [, pid, file = ''] = /^\/proc\/(\d+)\/(.*)$/.exec(path) ?? [];
    const container = [...this.engine.containers.values()].find((each) => each.pid === Number(pid));
    if (!container) return undefined;
    if (file === 'cgroup') return `0::/docker/${container.id}\n`;
    return file.startsWith('net/') ? 'sl local_address rem_address st\n' : undefined;
  }

  /** Plain Compose, as somebody types it beside canary. */
  async plainCompose(...args: string[]): Promise<void> {
    const words = ['compose', '--project-directory', this.folder, ...args];
    const result = await this.compose.run(words);
    if (result.exitCode !== 0) throw new Error(result.stderr);
  }

  destroy(): void {
    for (const each of this.processes.values()) each.exit();
    rmSync(this.home, { recursive: true, force: true });
  }
}
