import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { CanaryError } from '../errors.ts';

/** HAProxy's admin socket. */
export interface ProxySocket {
  /** Sends one runtime command and returns the answer; throws `proxy-unreachable`. */
  ask(command: string): Promise<string>;
}

/** The kernel's limit for the path of a unix socket, on Linux. */
const LONGEST_PATH = 107;
const TIMEOUT_MS = 2000;

export class UnixProxySocket implements ProxySocket {
  private readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  async ask(command: string): Promise<string> {
    if (Buffer.byteLength(this.path) <= LONGEST_PATH) return exchange(this.path, command);
    // A project deep in the file tree: reach its socket by a shorter way.
    const shortcut = await mkdtemp(join(tmpdir(), 'canary-'));
    try {
      await symlink(dirname(this.path), join(shortcut, 'run'));
      return await exchange(join(shortcut, 'run', 'admin.sock'), command);
    } finally {
      await rm(shortcut, { recursive: true, force: true });
    }
  }
}

function exchange(path: string, command: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = createConnection({ path });
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (chunk) => chunks.push(chunk));
    socket.on('end', () => resolve(Buffer.concat(chunks).toString()));
    socket.on('error', (cause) =>
      reject(
        new CanaryError('proxy-unreachable', 'The proxy does not answer at its admin socket.', {
          hint: 'Run `canary up` to start it, and `canary doctor` if it should be running.',
          cause,
        }),
      ),
    );
    socket.end(`${command}\n`);
  });
}
