import { Agent } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Environment, RunProcess } from '../../process.ts';
import { connectionFailed, engineUnreachable } from '../failures.ts';

/** Opens a connection on which the engine answers its HTTP API. */
export type Wire = () => Promise<Duplex>;

/** Where the engine is. */
export interface EnginePlace {
  wire: Wire;
  /** Whether its socket is on this machine: a connection is then no program that has to start. */
  isNear: boolean;
}

/**
 * The engine that `docker` uses in this environment, by its socket on this machine, else by `docker system dial-stdio`,
 * which reaches every context. Throws `engine-unreachable`.
 */
export async function findEngine(run: RunProcess, env: Environment): Promise<EnginePlace> {
  const format = ['--format', '{{.Endpoints.docker.Host}}'];
  const { exitCode, stdout, stderr } = await run('docker', ['context', 'inspect', ...format]);
  if (exitCode !== 0) throw engineUnreachable(stderr);
  const [, path] = /^unix:\/\/(.+)$/.exec(stdout.trim()) ?? [];
  return path === undefined
    ? { wire: () => dialled(env), isNear: false }
    : { wire: () => connected(path), isNear: true };
}

/** Lets Node's HTTP client ask the engine; a connection serves one request. */
export function agentOn(wire: Wire): Agent {
  const agent = new Agent({ keepAlive: false });
  agent.createConnection = (_options, done) => {
    wire().then(
      (stream) => done?.(null, stream),
      (error) => done?.(error, undefined as never),
    );
    return undefined;
  };
  return agent;
}

function connected(path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => reject(connectionFailed(error)));
  });
}

async function dialled(env: Environment): Promise<Duplex> {
  const { execa } = await import('execa');
  const child = execa('docker', ['system', 'dial-stdio'], {
    reject: false,
    detached: true,
    env,
    extendEnv: false,
  });
  const stream = child.duplex();
  stream.once('close', () => child.kill());
  return stream;
}
