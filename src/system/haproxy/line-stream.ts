import { createConnection } from 'node:net';

/** A command whose output continues. */
export interface Following {
  /** Resolves when the other side has ended it, or `end` has. */
  ended: Promise<void>;
  /** Ends the command; no line comes after it. Safe to repeat. */
  end(): void;
}

/** Sends one command to a unix socket and passes on every line of its output; rejects if nothing listens. */
export function followLines(
  path: string,
  command: string,
  onLine: (line: string) => void,
): Promise<Following> {
  return new Promise((resolve, reject) => {
    const socket = createConnection({ path });
    let rest = '';
    socket.setEncoding('utf8');
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      const ended = new Promise<void>((settle) => socket.once('close', () => settle()));
      // An error shows as the end.
      socket.on('error', () => undefined);
      socket.on('data', (chunk: string) => {
        const lines = `${rest}${chunk}`.split('\n');
        rest = lines.pop() ?? '';
        for (const line of lines) if (line) onLine(line);
      });
      socket.write(`${command}\n`);
      const end = () => {
        socket.removeAllListeners('data');
        socket.destroy();
      };
      resolve({ ended, end });
    });
  });
}
