import { Readable, Writable } from 'node:stream';
import { CanaryError } from '../../../src/errors.ts';
import { main } from '../../../src/main.ts';
import type { ContainerStreams } from '../../../src/system/docker/container-streams.ts';
import type { Door } from '../../../src/system/docker/door/door.ts';
import { connectionFailed } from '../../../src/system/docker/failures.ts';
import { git } from '../../../src/system/git/git.ts';
import type { Host } from '../../../src/system/host.ts';
import type { Machine } from '../../../src/system/machine.ts';
import type { OpenDoor } from './compose.ts';
import { simulatedDisk } from './disk.ts';
import { docker, onlyLooks } from './docker-cli.ts';
import { answerHttp } from './engine-http.ts';
import { simulatedGit } from './git.ts';
import { answerOf, onlyShows } from './haproxy-commands.ts';
import { SEEN } from './paths.ts';
import type { Faults, SimulatedProcess } from './process.ts';
import type { World } from './world.ts';

/** What a call of the engine takes, by its command line, by its API, and one of the proxy. */
const TAKES_MS = { program: 10, api: 2, socket: 1 };

/** As `proxy-socket.ts` has it. */
const SOCKET_PATIENCE_MS = 5000;

/** What `docker` says when the engine could not do what it was asked for. */
const REFUSED = {
  stdout: '',
  stderr: 'Error response from daemon: context deadline exceeded',
  exitCode: 1,
};

function noEngine(message = 'read ECONNRESET', code = 'ECONNRESET'): never {
  throw connectionFailed(Object.assign(new Error(message), { code }));
}

function noProxy(): never {
  throw new CanaryError('proxy-unreachable', 'The proxy does not answer.', {
    hint: 'Run `canary up` to start it, and `canary doctor` if it should be running.',
  });
}

/** How a command ended; a killed one has no exit code. */
export interface Ended {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  process: SimulatedProcess;
}

/** Starts canary on the simulated machine, as a process of its own. */
export function start(world: World, argv: readonly string[], faults?: Faults) {
  const process = world.process(faults);
  const stdout = new Collector();
  const stderr = new Collector();
  const streams = {
    stdout,
    stderr,
    stdin: Readable.from([]),
    env: {},
    cwd: world.folder,
  };
  process.onCall = (call, fault) => world.onCall(process, call, fault);
  const work = async (): Promise<Ended> => {
    const ended = main(argv, streams, machineOf(world, process));
    const exitCode = await Promise.race([ended, process.killed.then(() => undefined)]);
    process.exit();
    return { exitCode, stdout: stdout.text, stderr: stderr.text, process };
  };
  return { process, ended: work() };
}

/** The machine as one of its processes has it. */
export function machineOf(world: World, process: SimulatedProcess): Machine {
  const { engine, timeline, compose } = world;
  const doors = new Map<string, OpenDoor>();
  const taking = async <T>(ms: number, act: () => T | Promise<T>): Promise<T> => {
    await timeline.sleep(ms);
    return act();
  };
  return {
    clock: process.clock(),
    hasIpv6: false,
    async run(command, args, options = {}) {
      options.signal?.throwIfAborted();
      if (command !== 'docker') throw new Error(`The simulated machine has no ${command}`);
      const act = () =>
        taking(TAKES_MS.program, () =>
          args[0] === 'compose'
            ? compose.run(args, options, doors.get(options.env?.DOCKER_HOST ?? ''))
            : docker(engine, args),
        );
      const failing = { fail: () => REFUSED, signal: options.signal };
      const result = await (onlyLooks(args)
        ? process.look(act, { port: 'docker', ...failing })
        : process.change(nameOf(args), act, failing));
      options.signal?.throwIfAborted();
      return result;
    },
    engineWay: {
      isNear: async () => true,
      ask: (method, path, body, signal) => {
        const act = () =>
          taking(TAKES_MS.api, () =>
            engine.isAway
              ? noEngine('connect ECONNREFUSED', 'ECONNREFUSED')
              : answerHttp(engine, method, path, body as never),
          );
        const name = `${method} ${path.replace(/[0-9a-f]{64}/, 'ID')}`;
        const failing = { fail: noEngine, signal };
        return method === 'GET'
          ? process.look(act, { port: 'engine', ...failing })
          : process.change(name, act, failing);
      },
      async openDoor(guise): Promise<Door> {
        const address = `unix:///door-${doors.size}`;
        doors.set(address, { guise, isOpen: () => !process.isDead });
        return { address, close: async () => undefined };
      },
    },
    streams: unknown<ContainerStreams>('a program in a container'),
    git,
    http: ({ url, timeout }, signal) => {
      const act = () =>
        taking(TAKES_MS.api, () => {
          const { hostname, port } = new URL(url);
          const status = statusAt(world, hostname, Number(port));
          return { status, headers: {}, body: Buffer.from(''), isCut: false, ms: 1 };
        });
      const fail = () => {
        throw new Error('socket hang up');
      };
      return process.look(act, { port: 'http', fail, deadline: timeout, signal });
    },
    runProgram: unknown('a program of the user'),
    host: hostOf(world, process),
  };
}

function hostOf(world: World, process: SimulatedProcess): Host {
  const { timeline } = world;
  const socket = async <T>(
    path: string,
    isLook: boolean,
    name: string,
    act: (master: NonNullable<ReturnType<typeof world.haproxy.at>>) => T,
    deadline = SOCKET_PATIENCE_MS,
  ) => {
    const call = async () => {
      await timeline.sleep(TAKES_MS.socket);
      const master = world.haproxy.at(path);
      if (master?.current) return act(master);
      return noProxy();
    };
    const failing = { fail: noProxy, deadline };
    return isLook
      ? process.look(call, { port: 'proxy', ...failing })
      : process.change(name, call, failing);
  };
  return {
    disk: simulatedDisk(process, world),
    git: simulatedGit(process, world),
    temporaryFolder: `${SEEN}/tmp`,
    processes: {
      pid: process.pid,
      own: async () => ({ pid: process.pid, processStart: String(process.pid) }),
      token: () => process.token(),
      isRunning: async ({ pid }) => world.processes.get(pid)?.isDead === false,
      interrupt: (pid) => world.processes.get(pid)?.interrupt(),
      onInterrupt: (stop) => process.onInterrupt(stop),
    },
    connections: {
      isFree: (port) => process.look(() => world.engine.holderOf(port) === undefined),
      connect: (host, port) => process.look(() => connected(world, host, port)),
    },
    proxySocket: (path) => ({
      ask: (command, patience) =>
        socket(
          path,
          onlyShows(command),
          `proxy: ${command.slice(0, 60)}`,
          (master) =>
            path.endsWith('master.sock')
              ? master.command(command)
              : answerOf(master.current as never, command),
          patience,
        ),
      hold: () =>
        socket(path, true, '', ({ current: worker }) => ({
          ask: (command: string) =>
            socket(path, onlyShows(command), `worker: ${command.slice(0, 60)}`, () => {
              if (!worker || worker.hasEnded) throw new Error('the session was closed');
              return answerOf(worker, command);
            }),
          end: () => undefined,
        })),
      follow: (_, onLine) => socket(path, true, '', (master) => master.follow(onLine)),
    }),
  };
}

/** A user of this machine asks at one of its ports, or a container at its address. */
function statusAt(world: World, host: string, port: number): number {
  const { engine, haproxy } = world;
  if (connected(world, host, port) !== 'connected') throw new Error('connect ECONNREFUSED');
  const container = isHere(host) ? engine.holderOf(port) : engine.at(host);
  const worker = container && haproxy.of(container)?.current;
  if (!worker) return 200;
  return worker.answer('canary itself', [...worker.configuration.entries.keys()][0] ?? port).status;
}

function connected({ engine, haproxy }: World, host: string, port: number): string {
  const container = isHere(host) ? engine.holderOf(port) : engine.at(host);
  if (!container) return isHere(host) ? 'ECONNREFUSED' : 'EHOSTUNREACH';
  const worker = haproxy.of(container)?.current;
  if (engine.programOf(container).isProxy)
    return worker?.isAccepting ? 'connected' : 'ECONNREFUSED';
  return engine.listens(container) ? 'connected' : 'ECONNREFUSED';
}

function isHere(host: string): boolean {
  return host === '127.0.0.1' || host === 'localhost';
}

function nameOf(args: readonly string[]): string {
  const words = args.filter((each) => !each.startsWith('--') && !each.includes('/'));
  return `docker ${words.map((each) => each.replace(/^[0-9a-f]{64}$/, 'ID')).join(' ')}`.slice(
    0,
    100,
  );
}

/** A part of the world that this one does not have: its first use says so. */
function unknown<T extends object>(what: string): T {
  const complain = () => {
    throw new Error(`The simulated machine does not have ${what}`);
  };
  return new Proxy(complain, { get: () => complain, apply: complain }) as unknown as T;
}

class Collector extends Writable {
  text = '';
  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
