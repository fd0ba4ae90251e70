import { Agent } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Environment } from '../../process.ts';
import { connectionFailed } from '../failures.ts';

/** Opens a connection on which the engine answers its HTTP API. */
export type Wire = () => Promise<Duplex>;

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

/** By its socket on this machine. */
export function connected(path: string): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const socket = connect(path);
    socket.once('connect', () => resolve(socket));
    socket.once('error', (error) => reject(connectionFailed(error)));
  });
}

/** By a program that reaches every context. */
export async function dialled(env: Environment): Promise<Duplex> {
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
