import { AsyncLocalStorage } from 'node:async_hooks';
import { readlinkSync } from 'node:fs';
import type * as node from 'node:fs/promises';
import { hostname } from 'node:os';
import type { Following } from './haproxy/line-stream.ts';
import type { ProxySession } from './haproxy/proxy-session.ts';

/** The calls of the file system that canary uses, as in `node:fs/promises`. */
export type Disk = Pick<
  typeof node,
  | 'access'
  | 'chmod'
  | 'copyFile'
  | 'link'
  | 'lstat'
  | 'mkdir'
  | 'mkdtemp'
  | 'open'
  | 'readFile'
  | 'readdir'
  | 'readlink'
  | 'realpath'
  | 'rename'
  | 'rm'
  | 'stat'
  | 'statfs'
  | 'symlink'
  | 'writeFile'
>;

/** How this machine reaches TCP ports. */
export interface Connections {
  /** Whether nothing listens at a port of this machine. */
  isFree(port: number, host: string): Promise<boolean>;
  /** `connected`, `silent`, or the code of what went wrong, such as `ECONNREFUSED`. */
  connect(host: string, port: number): Promise<string | undefined>;
}

/** A process of this host, distinguished from a later one that got its number. */
export interface ProcessIdentity {
  pid: number;
  /** When it began, in the kernel's ticks; empty if there is no /proc. */
  processStart: string;
}

/** The processes of this host. */
export interface Processes {
  /** The number of this process. */
  pid: number;
  /** This process. */
  own(): Promise<ProcessIdentity>;
  /** A name that no other process of any host gives. */
  token(): string;
  /** Whether a process still runs. */
  isRunning(process: ProcessIdentity): Promise<boolean>;
  /** Interrupts a process, as Ctrl-C does. */
  interrupt(pid: number): void;
  /** Calls `stop` each time somebody ends this process in a way that it can answer. */
  onInterrupt(stop: () => void): { off: () => void };
}

/** One of HAProxy's sockets that take commands: a worker's admin socket, or the master's. */
export interface ProxySocket {
  /** Sends one command and returns the answer; throws `proxy-unreachable`. */
  ask(command: string, timeoutMs?: number): Promise<string>;
  /** Opens a session for several commands with the worker that answers now; throws `proxy-unreachable`. */
  hold(seconds: number): Promise<ProxySession>;
  /** Passes on every line that a command prints at the worker that answers now; throws `proxy-unreachable`. */
  follow(command: string, onLine: (line: string) => void): Promise<Following>;
}

/**
 * What the operating system gives to every part of the program: files, processes, connections and sockets. Dozens of
 * functions need a file and nothing else of the world, so this part is not passed from one to the next: it belongs to
 * the process. A simulation runs many processes in one, each on a host of its own (decision 0048).
 */
export interface Host {
  disk: Disk;
  temporaryFolder: string;
  processes: Processes;
  connections: Connections;
  /** One of HAProxy's sockets, by its path. */
  proxySocket(path: string): ProxySocket;
  /** Runs git in a folder and returns what it printed; throws with what it said if it fails. */
  git(directory: string, args: readonly string[]): Promise<string>;
}

const hosts = new AsyncLocalStorage<Host>();

/** Does `work`, and all that it starts, on this host; on the real one when left out. */
export function onHost<T>(host: Host | undefined, work: () => T): T {
  return host ? hosts.run(host, work) : work();
}

/** The host of the process that asks, if it is not the real one. */
export function simulatedHost(): Host | undefined {
  return hosts.getStore();
}

/** The number of the process that asks. */
export function processId(): number {
  return simulatedHost()?.processes.pid ?? process.pid;
}

/** The kernel gives the first namespace of processes always this number (PROC_PID_INIT_INO). */
const NAMESPACE_OF_MACHINE = 'pid:[4026531836]';

/**
 * The host to which the number of this process belongs: this machine, or the container in which canary runs. Two
 * containers may have the name of the machine and share a folder, and each has a process 7.
 */
export function processHost(namespace: string | undefined = ownNamespace()): string {
  const isMachine = namespace === undefined || namespace === NAMESPACE_OF_MACHINE;
  return isMachine ? hostname() : `${hostname()}-container-${/\d+/.exec(namespace)?.[0]}`;
}

/** `undefined` where the kernel does not say it. */
function ownNamespace(): string | undefined {
  try {
    return readlinkSync('/proc/self/ns/pid');
  } catch {
    return undefined;
  }
}
