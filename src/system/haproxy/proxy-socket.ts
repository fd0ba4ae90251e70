import { createConnection } from 'node:net';
import { basename, dirname, join } from 'node:path';
import { CanaryError } from '../../errors.ts';
import { mkdtemp, rm, symlink, temporaryFolder } from '../disk.ts';
import { type ProxySocket, simulatedHost } from '../host.ts';
import { type Following, followLines } from './line-stream.ts';
import { LONGEST_ANSWER, openSession, type ProxySession } from './proxy-session.ts';

/** The kernel's limit for the path of a unix socket, on Linux. */
const LONGEST_PATH = 107;
/** Long enough for an overloaded machine: a proxy that does not run refuses at once. */
const PATIENCE_MS = 5000;

/** The socket at a path of this host. */
export function proxySocket(path: string): ProxySocket {
  return simulatedHost()?.proxySocket(path) ?? new UnixProxySocket(path);
}

export class UnixProxySocket implements ProxySocket {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  ask(command: string, timeoutMs = PATIENCE_MS): Promise<string> {
    return this.reach((path) => exchange(path, command, timeoutMs));
  }

  hold(seconds: number): Promise<ProxySession> {
    return this.reach((path) => openSession(path, seconds));
  }

  follow(command: string, onLine: (line: string) => void): Promise<Following> {
    return this.reach((path) => followLines(path, command, onLine));
  }

  private async reach<T>(talk: (path: string) => Promise<T>): Promise<T> {
    try {
      return await withShortPath(this.path, talk);
    } catch (cause) {
      throw new CanaryError(
        'proxy-unreachable',
        `The proxy does not answer at ${basename(this.path)}.`,
        {
          hint: 'Run `canary up` to start it, and `canary doctor` if it should be running.',
          cause,
        },
      );
    }
  }
}

/** For a project deep in the file tree: reaches its socket by a shorter path. */
async function withShortPath<T>(path: string, talk: (path: string) => Promise<T>): Promise<T> {
  if (Buffer.byteLength(path) <= LONGEST_PATH) return talk(path);
  const shortcut = await mkdtemp(join(temporaryFolder(), 'canary-'));
  try {
    await symlink(dirname(path), join(shortcut, 'run'));
    return await talk(join(shortcut, 'run', basename(path)));
  } finally {
    await rm(shortcut, { recursive: true, force: true });
  }
}

/** How many silences a whole answer may take: one that trickles is cut off, too. */
const SILENCES = 6;

/** What answers may be a broken HAProxy, or something that has taken its place. */
function exchange(path: string, command: string, timeoutMs: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const socket = createConnection({ path });
    const late = () => socket.destroy(new Error('no answer in time'));
    socket.setTimeout(timeoutMs, late);
    const whole = setTimeout(late, SILENCES * timeoutMs);
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > LONGEST_ANSWER) socket.destroy(new Error('an answer without an end'));
    });
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
    socket.on('error', reject);
    socket.on('close', () => clearTimeout(whole));
    socket.end(`${command}\n`);
  });
}
