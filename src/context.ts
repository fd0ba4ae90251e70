import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { EventSink } from './rollout/events.ts';
import { systemClock } from './system/clock.ts';
import { composeCli } from './system/docker/compose.ts';
import { ContainerStreams } from './system/docker/container-streams.ts';
import { engineWire } from './system/docker/door/wire.ts';
import { dockerEngine } from './system/docker/engine.ts';
import { registryCalls } from './system/docker/registry.ts';
import { git } from './system/git/git.ts';
import { askHttp } from './system/http.ts';
import { type Environment, processRunner } from './system/process.ts';
import { sshRunner } from './system/remote-shell.ts';
import { programRunner } from './system/user-program.ts';

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

/** Asks the user at the terminal; without a terminal it asks nothing. */
interface Prompt {
  /** Lets the user choose services; `undefined` without a terminal. */
  chooseServices(
    choices: readonly { name: string; why: string }[],
    preselected: readonly string[],
  ): Promise<string[] | undefined>;
  /** Whether the user agrees; `false` also without a terminal. */
  confirm(question: string): Promise<boolean>;
}

/** The parts of the world a workflow uses. */
export interface Context extends ReturnType<typeof worldOf> {
  options: GlobalOptions;
  prompt: Prompt;
  emit: EventSink;
  /** From here on, calls `heard` with every event too, until the returned function is called. */
  listen(heard: EventSink): () => void;
  /** Aborts when the user interrupts. */
  signal: AbortSignal;
}

/** The top folder of the package, from src and from dist alike. */
const PACKAGE = new URL('..', import.meta.url);

/** The real parts; the programs they run inherit `env`. */
export function worldOf(env: Environment) {
  // Compose must not treat clones and proxy as orphans, whichever files it is given.
  const run = processRunner({ ...env, COMPOSE_IGNORE_ORPHANS: 'true' });
  let found: ReturnType<typeof engineWire> | undefined;
  const wire = () => {
    found ??= engineWire(run, env);
    return found;
  };
  return {
    env,
    owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    clock: systemClock,
    /** Whether the kernel knows IPv6; containers have the same kernel. */
    hasIpv6: existsSync('/proc/net/if_inet6'),
    engine: dockerEngine(run, wire),
    /** Talks to programs inside containers. */
    streams: new ContainerStreams(env),
    compose: composeCli(run, wire, env),
    registry: registryCalls(run, systemClock.sleep),
    git,
    runRemotely: sshRunner(run, env),
    http: askHttp,
    /** Runs programs that canary.yaml names. */
    runProgram: programRunner(env),
    /** Where this program is, so that a hook can call it, and the files it gives to users. */
    program: {
      node: process.execPath,
      script: fileURLToPath(new URL('bin/canary.js', PACKAGE)),
      templates: fileURLToPath(new URL('templates', PACKAGE)),
    },
  };
}
