import { dirname } from 'node:path';
import { CanaryError } from '../../errors.ts';
import type { Clock } from '../clock.ts';
import { mkdir, rm } from '../disk.ts';
import { readIfExists, writeDurably } from '../files.ts';

type Way = 'stopped' | 'taken-over';

const LOOK_EVERY_MS = 100;

/**
 * How a command stops another that holds the lock, to take over: a file that the other one watches. A signal would
 * not cross hosts or process namespaces.
 */
export class FileStopRequest {
  private readonly path: string;
  private readonly clock: Clock;

  constructor(path: string, clock: Clock) {
    this.path = path;
    this.clock = clock;
  }

  /** Asks the holder of the lock to stop; `taken-over` if users stay where they are, because the sender moves them. */
  async send(command: string, way: Way = 'stopped'): Promise<void> {
    await mkdir(dirname(this.path), { recursive: true, mode: 0o700 });
    await writeDurably(this.path, `${command} ${way}`);
  }

  /** Removes a request, once its sender has the lock. */
  async clear(): Promise<void> {
    await rm(this.path, { force: true });
  }

  /** Aborts the returned signal when a command asks, until `end` is called. */
  watch(signal: AbortSignal | undefined): { signal: AbortSignal; end: () => void } {
    const stop = new AbortController();
    const done = new AbortController();
    const look = async () => {
      while (!done.signal.aborted && !stop.signal.aborted) {
        const request = await readIfExists(this.path);
        if (request) stop.abort(stopError(request));
        await this.clock.sleep(LOOK_EVERY_MS, done.signal).catch(() => undefined);
      }
    };
    look().catch((error: unknown) => stop.abort(error));
    return {
      signal: signal ? AbortSignal.any([signal, stop.signal]) : stop.signal,
      end: () => done.abort(),
    };
  }
}

function stopError(request: string): CanaryError {
  const [command, way] = request.split(' ');
  const code = way === 'taken-over' ? way : 'stopped';
  return new CanaryError(code, `Stopped by \`canary ${command}\`.`);
}
