import { createConnection, createServer } from 'node:net';
import { type Connections, simulatedHost } from './host.ts';

/** Whether a TCP port on this machine can be bound (nothing listens on it). */
export function isPortFree(port: number, host = '0.0.0.0'): Promise<boolean> {
  return (simulatedHost()?.connections ?? REAL).isFree(port, host);
}

/** Whether a machine refuses connections because nothing listens; `false` too for an address that is out of reach. */
export async function refusesConnections(host: string, port: number): Promise<boolean> {
  return (await connectionTo(host, port)) === 'ECONNREFUSED';
}

/** Whether something accepts connections at `host:port` within a second. */
export async function acceptsConnections(host: string, port: number): Promise<boolean> {
  return (await connectionTo(host, port)) === 'connected';
}

function connectionTo(host: string, port: number): Promise<string | undefined> {
  return (simulatedHost()?.connections ?? REAL).connect(host, port);
}

function isFree(port: number, host: string): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(false));
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)));
  });
}

function connect(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, timeout: 1000 });
    const end = (answer: string | undefined) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once('connect', () => end('connected'));
    socket.once('timeout', () => end('silent'));
    socket.once('error', (error: NodeJS.ErrnoException) => end(error.code));
  });
}

const REAL: Connections = { isFree, connect };
