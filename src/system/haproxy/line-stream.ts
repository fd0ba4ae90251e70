import { createConnection } from 'node:net';
import { lineSplitter } from '../lines.ts';

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
    const lines = lineSplitter((line) => {
      if (line) onLine(line);
    });
    socket.once('error', reject);
    socket.once('connect', () => {
      socket.off('error', reject);
      const ended = new Promise<void>((settle) => socket.once('close', () => settle()));
      // An error shows as the end.
      socket.on('error', () => undefined);
      socket.on('data', lines.add);
      socket.write(`${command}\n`);
      const end = () => {
        socket.removeAllListeners('data');
        socket.destroy();
      };
      resolve({ ended, end });
    });
  });
}
