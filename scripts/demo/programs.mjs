// Child processes of the demo: argument vectors, never a shell.
import { execa } from 'execa';

/** @typedef {ReturnType<typeof makeRunner>} Run */

const PATIENCE_MS = 60_000;

/** A command that ended with an exit code other than 0. */
export class CommandFailed extends Error {
  /**
   * @param {string} typed
   * @param {number} exitCode
   * @param {readonly string[]} output
   */
  constructor(typed, exitCode, output) {
    super(`\`${typed}\` failed with exit code ${exitCode}.`);
    this.exitCode = exitCode;
    this.output = output;
  }
}

/**
 * Runs programs in one folder with one environment. When the signal aborts, the running one is asked to
 * stop as Ctrl-C would, waited for, and no other starts.
 * @param {{ directory: string, env: NodeJS.ProcessEnv, signal?: AbortSignal }} place
 */
export function makeRunner({ directory, env, signal }) {
  /**
   * @param {string} command
   * @param {readonly string[]} args
   * @param {{ typed?: string, onLine?: (line: string) => void }} [options]
   */
  return async function run(command, args, { typed, onLine } = {}) {
    signal?.throwIfAborted();
    const tap = function* (/** @type {unknown} */ line) {
      onLine?.(String(line));
      yield line;
    };
    const result = await execa(command, args, {
      cwd: directory,
      env,
      extendEnv: false,
      reject: false,
      all: true,
      stdin: 'ignore',
      stdout: onLine ? ['pipe', tap] : 'pipe',
      stderr: onLine ? ['pipe', tap] : 'pipe',
      killSignal: 'SIGINT',
      forceKillAfterDelay: PATIENCE_MS,
      // Without a signal it cleans up: another Ctrl-C must not reach it.
      ...(signal ? { cancelSignal: signal } : { detached: true, cleanup: false }),
    });
    signal?.throwIfAborted();
    if (result.failed) {
      // What was shown as it came is not shown twice.
      const output = onLine ? [] : String(result.all || result.shortMessage).split('\n');
      throw new CommandFailed(typed ?? [command, ...args].join(' '), result.exitCode ?? 1, output);
    }
    return result.stdout;
  };
}
