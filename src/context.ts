import type { EventSink } from './rollout/events.ts';
import type { Clock } from './system/clock.ts';
import type { Compose } from './system/docker/compose.ts';
import type { ContainerStreams } from './system/docker/container-streams.ts';
import type { Engine } from './system/docker/engine.ts';
import type { Git } from './system/git/git.ts';
import type { ProxySocket } from './system/haproxy/proxy-socket.ts';
import type { AskHttp } from './system/http.ts';
import type { RemoteShell } from './system/remote-shell.ts';
import type { JournalStore } from './system/state/journal-store.ts';
import type { ProjectLock } from './system/state/lock.ts';
import type { StopRequest } from './system/state/stop-request.ts';
import type { RunProgram } from './system/user-program.ts';

/** Flags every command takes. */
interface GlobalOptions {
  /** The folder to work in, absolute. */
  directory: string;
  files: readonly string[];
  projectName: string | undefined;
  envFiles: readonly string[];
  profiles: readonly string[];
  /** Another canary.yaml. */
  config: string | undefined;
}

/** Asks the person at the terminal; without a terminal every question is refused. */
interface Prompt {
  /** Lets a person choose among services; `undefined` when nobody can be asked. */
  chooseServices(
    choices: readonly { name: string; why: string }[],
    preselected: readonly string[],
  ): Promise<string[] | undefined>;
  /** Whether a person agrees; `false` also when nobody can be asked. */
  confirm(question: string): Promise<boolean>;
}

/** Where this program is, so that a hook can call it. */
interface Program {
  node: string;
  script: string;
  /** The folder of files that are given to users. */
  templates: string;
}

/** The parts of the world a workflow uses, built in main. */
export interface Context {
  options: GlobalOptions;
  env: Readonly<Record<string, string | undefined>>;
  owner: { uid: number; gid: number };
  clock: Clock;
  engine: Engine;
  /** Talks with programs inside of containers. */
  streams: ContainerStreams;
  compose: Compose;
  git: Git;
  remoteShell: RemoteShell;
  http: AskHttp;
  /** Runs programs that canary.yaml names. */
  runProgram: RunProgram;
  program: Program;
  prompt: Prompt;
  emit: EventSink;
  /** Aborts when the user interrupts. */
  signal: AbortSignal;
  /** The parts that belong to one project, by the paths of its layout. */
  open: {
    journals(directory: string): JournalStore;
    lock(path: string): ProjectLock;
    stopRequest(path: string): StopRequest;
    proxySocket(path: string): ProxySocket;
  };
}
