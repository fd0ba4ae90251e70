import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Following } from '../../../src/system/haproxy/line-stream.ts';
import type { Container, SimulatedEngine } from './engine.ts';
import type { Ground } from './ground.ts';
import { answerOf } from './haproxy-commands.ts';
import { HaproxyWorker } from './haproxy-worker.ts';
import type { Paths } from './paths.ts';
import type { Timeline } from './timeline.ts';

const INSIDE = '/run/canary';
/** A worker that was replaced ends once its clients have gone. */
const OLD_WORKER_MS = 1000;

/** HAProxy in the containers that run it: masters and workers, and the sockets in the folder that each shares. */
export class SimulatedHaproxy {
  private readonly masters = new Map<string, Master>();

  constructor({ engine, timeline, paths }: Ground) {
    engine.listeners.push({
      started: (container) => {
        if (!engine.programOf(container).isProxy) return;
        const master = new Master(engine, timeline, container, paths);
        if (master.start()) this.masters.set(container.id, master);
        // It finds no configuration.
        else timeline.after(50, () => engine.die(container, 1));
      },
      ended: ({ id }) => {
        this.masters.get(id)?.end();
        this.masters.delete(id);
      },
    });
  }

  /** Who listens at the path of a socket; the last that started, as two would share it. */
  at(path: string): Master | undefined {
    return [...this.masters.values()].findLast(({ folder }) => path.startsWith(`${folder}/`));
  }

  of(container: Container): Master | undefined {
    return this.masters.get(container.id);
  }
}

export class Master {
  /** As programs see it. */
  readonly folder: string;
  private readonly realFolder: string;
  current: HaproxyWorker | undefined;
  old: HaproxyWorker[] = [];
  private readonly engine: SimulatedEngine;
  private readonly timeline: Timeline;
  private readonly container: Container;
  private pids = 7;

  constructor(engine: SimulatedEngine, timeline: Timeline, container: Container, { real }: Paths) {
    this.engine = engine;
    this.timeline = timeline;
    this.container = container;
    this.folder = container.binds[INSIDE] ?? '';
    this.realFolder = real(this.folder);
  }

  /** Whether there is a configuration to start with. */
  start(): boolean {
    const worker = this.worker();
    this.current = worker;
    return worker !== undefined;
  }

  end(): void {
    for (const each of [...this.old, ...(this.current ? [this.current] : [])]) each.end();
    this.current = undefined;
    this.old = [];
  }

  /** The master's own socket. */
  command(line: string): string {
    if (line === 'reload') return this.reload();
    if (line === 'show proc') {
      const row = ({ pid }: HaproxyWorker) => `${pid}  worker  1  0d00h00m01s  3.0.11\n`;
      const workers = this.current ? row(this.current) : '';
      return `#<PID> <type>\n1 master 0\n# workers\n${workers}# old workers\n${this.old.map(row).join('')}# programs\n`;
    }
    if (line === 'show version') return answerOf(this.current as HaproxyWorker, line);
    const [, pid, command = ''] = /^@!(\d+) (.*)$/s.exec(line) ?? [];
    const worker = this.old.find((each) => each.pid === Number(pid));
    return worker ? answerOf(worker, command) : '\n';
  }

  follow(onLine: (line: string) => void): Following {
    const { current } = this;
    if (current)
      for (const line of answerOf(current, 'show info').split('\n')) if (line) onLine(line);
    let end: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => {
      end = resolve;
    });
    return { ended, end };
  }

  private reload(): string {
    const worker = this.worker();
    if (!worker) return 'Success=0\n--\n[ALERT] config : cannot open the file\n';
    const { current } = this;
    this.current = worker;
    if (current) {
      this.old.push(current);
      this.timeline.after(OLD_WORKER_MS, () => {
        current.end();
        this.old = this.old.filter((each) => each !== current);
      });
    }
    return 'Success=1\n--\n';
  }

  private worker(): HaproxyWorker | undefined {
    const read = (name: string) => {
      const path = join(this.realFolder, name);
      return existsSync(path) ? readFileSync(path, 'utf8') : undefined;
    };
    const configuration = read('haproxy.cfg');
    const weights = read('weights.map');
    const users = read('users.map');
    if (configuration === undefined || weights === undefined || users === undefined)
      return undefined;
    const maps = new Map([
      ['weights.map', weights],
      ['users.map', users],
    ]);
    this.pids += 1;
    const files = { configuration, maps, states: read('servers.state') };
    return new HaproxyWorker(this.engine, this.timeline, this.container, files, this.pids);
  }
}
