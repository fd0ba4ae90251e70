import { existsSync } from 'node:fs';
import { type Clock, systemClock } from './clock.ts';
import { ContainerStreams } from './docker/container-streams.ts';
import { type EngineWay, wayThrough } from './docker/door/engine-way.ts';
import { type EnginePlace, findEngine } from './docker/door/place.ts';
import { git } from './git/git.ts';
import type { Host } from './host.ts';
import { type AskHttp, askHttp } from './http.ts';
import { type Environment, processRunner, type RunProcess } from './process.ts';
import { programRunner, type RunProgram } from './user-program.ts';

/** Everything outside this program that it touches: the one parameter by which a simulation replaces the world. */
export interface Machine {
  clock: Clock;
  /** Whether the kernel knows IPv6; containers have the same kernel. */
  hasIpv6: boolean;
  /** Runs `docker` and `ssh`. */
  run: RunProcess;
  engineWay: EngineWay;
  /** Talks to programs inside containers. */
  streams: ContainerStreams;
  git: typeof git;
  http: AskHttp;
  /** Runs programs that canary.yaml names. */
  runProgram: RunProgram;
  /** Files, processes, connections and sockets; the real ones when left out. */
  host?: Host;
}

/** This machine. The programs that it runs inherit `env`. */
export function realMachine(env: Environment): Machine {
  // Compose must not treat clones and proxy as orphans, whichever files it is given.
  const run = processRunner({ ...env, COMPOSE_IGNORE_ORPHANS: 'true' });
  let found: Promise<EnginePlace> | undefined;
  const place = () => {
    found ??= findEngine(run, env).catch((error) => {
      // A command that runs for days must find an engine that was away for a moment.
      found = undefined;
      throw error;
    });
    return found;
  };
  return {
    clock: systemClock,
    hasIpv6: existsSync('/proc/net/if_inet6'),
    run,
    engineWay: wayThrough(place),
    streams: new ContainerStreams(env),
    git,
    http: askHttp,
    runProgram: programRunner(env),
  };
}
