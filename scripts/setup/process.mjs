// Child processes: argv arrays, never a shell; output kept and shown only when something fails.
import { spawn } from 'node:child_process';

/** @import { ChildProcess } from 'node:child_process' */
/** @import { Readable } from 'node:stream' */

/**
 * @typedef {object} RunOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [firstOutputWithin] Milliseconds; a program that stays silent that long is ended.
 * @property {boolean} [evenWhenStopping] Started after a signal as well, to tidy up.
 * @property {'ignore' | Readable} [stdin]
 */

/** @typedef {{ code: number, stdout: string, output: string }} Ended */

const KEPT_LINES = 20;
const PATH = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;

/** A failure with a clear message, a hint and an exit code: 1 failed, 2 the user must act. */
export class SetupError extends Error {
  /**
   * @param {string} message
   * @param {{ hint?: string | undefined, output?: string | undefined, exitCode?: number }} [rest]
   */
  constructor(message, { hint, output, exitCode = 1 } = {}) {
    super(message);
    this.hint = hint;
    this.output = output;
    this.exitCode = exitCode;
  }
}

/** @type {Set<ChildProcess>} */
const running = new Set();
let stopping = false;

/**
 * Passes a signal on to every child, so that each ends cleanly; after that no other starts, except to tidy up.
 * @param {NodeJS.Signals} signal
 */
export function stopChildren(signal) {
  stopping = true;
  for (const child of running) {
    child.kill(signal);
  }
}

/**
 * Runs a program to its end and never rejects; a program that does not exist ends with code 127.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions} [options]
 * @returns {Promise<Ended>}
 */
export function run(
  command,
  args,
  { cwd, env, firstOutputWithin, evenWhenStopping = false, stdin = 'ignore' } = {},
) {
  if (stopping && !evenWhenStopping) {
    return Promise.resolve({ code: 130, stdout: '', output: 'interrupted' });
  }
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, PATH, ...env },
      stdio: [stdin, 'pipe', 'pipe'],
    });
    running.add(child);
    /** @type {Buffer[]} */
    const stdout = [];
    /** @type {Buffer[]} */
    const everything = [];
    const silence = firstOutputWithin
      ? setTimeout(() => child.kill(), firstOutputWithin)
      : undefined;
    /** @param {Buffer[][]} lists */
    const keep = (...lists) => {
      return (/** @type {Buffer} */ chunk) => {
        clearTimeout(silence);
        for (const list of lists) {
          list.push(chunk);
        }
      };
    };
    child.stdout?.on('data', keep(stdout, everything));
    child.stderr?.on('data', keep(everything));
    /**
     * @param {number} code
     * @param {string} [reason]
     */
    const end = (code, reason = '') => {
      clearTimeout(silence);
      running.delete(child);
      resolve({
        code,
        stdout: Buffer.concat(stdout).toString().trim(),
        output: (Buffer.concat(everything).toString() + reason).trim(),
      });
    };
    child.on('error', (/** @type {NodeJS.ErrnoException} */ error) =>
      end(error.code === 'ENOENT' ? 127 : 126, error.message),
    );
    child.on('close', (code) => end(code ?? 1));
  });
}

/**
 * Like run, but an exit code other than 0 is a SetupError with the last lines of the output.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RunOptions & { failure?: string, hint?: string }} [options]
 */
export async function must(command, args, { failure, hint, ...options } = {}) {
  const result = await run(command, args, options);
  if (result.code !== 0) {
    throw new SetupError(failure ?? `${command} ${args[0] ?? ''} failed.`, {
      hint,
      output: lastLines(result.output),
    });
  }
  return result.stdout;
}

/**
 * Two programs joined by a pipe, as `producer | consumer`.
 * @param {readonly [command: string, args: readonly string[]]} producer
 * @param {readonly [command: string, args: readonly string[]]} consumer
 * @param {{ failure: string }} options
 */
export async function mustPipe(producer, consumer, { failure }) {
  const [command, args] = producer;
  const child = spawn(command, args, {
    env: { ...process.env, PATH },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  /** @type {Buffer[]} */
  const complaints = [];
  child.stderr.on('data', (chunk) => complaints.push(chunk));
  const produced = new Promise((resolve) => {
    child.on('error', () => resolve(127));
    child.on('close', (code) => resolve(code ?? 1));
  });
  const consumed = await run(consumer[0], consumer[1], { stdin: child.stdout });
  child.stdout.destroy();
  const code = await produced;
  running.delete(child);
  if (code !== 0 || consumed.code !== 0) {
    const output = Buffer.concat(complaints).toString() + consumed.output;
    throw new SetupError(failure, { output: lastLines(output) });
  }
}

/** @param {string} text */
export function lastLines(text) {
  return text.trim().split('\n').slice(-KEPT_LINES).join('\n');
}
