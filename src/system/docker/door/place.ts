import { join } from 'node:path';
import { readIfExists } from '../../files.ts';
import type { Environment, RunProcess } from '../../process.ts';
import { engineUnreachable } from '../failures.ts';
import { connected, dialled, type Wire } from './wire.ts';

/** Where the engine is. */
export interface EnginePlace {
  wire: Wire;
  /** Whether its socket is on this machine: a connection is then no program that has to start. */
  isNear: boolean;
}

/** Where Docker looks if nothing says otherwise. */
const DEFAULT_HOST = 'unix:///var/run/docker.sock';

/**
 * The engine that `docker` uses in this environment, by its socket on this machine, else by `docker system dial-stdio`,
 * which reaches every context. Throws `engine-unreachable`.
 */
export async function findEngine(run: RunProcess, env: Environment): Promise<EnginePlace> {
  const path = socketOf((await plainHost(env)) ?? '') ?? socketOf(await hostOfContext(run));
  return path === undefined
    ? { wire: () => dialled(env), isNear: false }
    : { wire: () => connected(path), isNear: true };
}

/**
 * The host when no context is chosen, without a program that has to start: most commands need only milliseconds of the
 * engine. Source: Docker's documentation of contexts; `DOCKER_HOST` goes before `DOCKER_CONTEXT` and the settings file.
 */
async function plainHost(env: Environment): Promise<string | undefined> {
  if (env.DOCKER_HOST) return env.DOCKER_HOST;
  const folder = env.DOCKER_CONFIG || (env.HOME && join(env.HOME, '.docker'));
  if (env.DOCKER_CONTEXT || !folder) return undefined;
  try {
    const settings = JSON.parse((await readIfExists(join(folder, 'config.json'))) ?? '{}');
    return settings.currentContext ? undefined : DEFAULT_HOST;
  } catch {
    // Docker itself says what is wrong with its settings.
    return undefined;
  }
}

async function hostOfContext(run: RunProcess): Promise<string> {
  const format = ['--format', '{{.Endpoints.docker.Host}}'];
  const { exitCode, stdout, stderr } = await run('docker', ['context', 'inspect', ...format]);
  if (exitCode !== 0) throw engineUnreachable(stderr);
  return stdout.trim();
}

/** The path of a socket on this machine. */
function socketOf(host: string): string | undefined {
  return /^unix:\/\/(\/.+)$/.exec(host)?.[1];
}
