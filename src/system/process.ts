import { CanaryError } from '../errors.ts';
import { lineSplitter } from './lines.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

export interface RunOptions {
  cwd?: string;
  /** Variables that differ from the environment of all programs; `undefined` takes one away. */
  env?: Environment;
  signal?: AbortSignal | undefined;
  /** Called for every line of stdout and stderr as it comes. */
  onLine?: ((line: string) => void) | undefined;
  /** What the program reads from its standard input; nothing when left out. */
  input?: string;
  /** Gives the program the user's terminal: nothing of its output is kept. */
  isTerminal?: boolean;
  /** Lets the program ask at the user's terminal. */
  atTerminal?: boolean;
}

export interface RunResult {
  stdout: string;
  stderr: string;
  exitCode: number;
}

/**
 * Runs a program by argument vector, never through a shell. Resolves whatever the exit code is; throws when the program
 * is missing, `engine-unreachable` for `docker`.
 */
export type RunProcess = (
  command: string,
  args: readonly string[],
  options?: RunOptions,
) => Promise<RunResult>;

/** Runs programs with an environment. */
export function processRunner(env: Environment): RunProcess {
  return async (command, args, options = {}) => {
    const { signal, onLine, input, atTerminal = false, isTerminal = false, cwd } = options;
    signal?.throwIfAborted();
    const { execa } = await import('execa');
    const stream = () => (isTerminal ? 'inherit' : tapped(onLine));
    const result = await execa(command, [...args], {
      reject: false,
      ...(input === undefined ? { stdin: isTerminal ? 'inherit' : 'ignore' } : { input }),
      // Its own process group: Ctrl-C at the terminal reaches canary, which ends its children in its own order.
      detached: !atTerminal && !isTerminal,
      stdout: stream(),
      stderr: stream(),
      ...(cwd ? { cwd } : {}),
      env: { ...env, ...options.env },
      extendEnv: false,
      ...(signal ? { cancelSignal: signal } : {}),
    });
    signal?.throwIfAborted();
    if (result.exitCode === undefined && result.code === 'ENOENT') throw missing(command);
    return {
      stdout: String(result.stdout ?? ''),
      stderr: String(result.stderr ?? ''),
      exitCode: result.exitCode ?? 1,
    };
  };
}

function missing(command: string): CanaryError {
  const isDocker = command === 'docker';
  return new CanaryError(
    isDocker ? 'engine-unreachable' : 'command-failed',
    `The program \`${command}\` was not found.`,
    {
      hint: isDocker
        ? 'Install Docker Engine with the Compose plugin, then run `canary doctor`.'
        : 'Install it, then try again.',
    },
  );
}

/** A piped stream; every line of it is also passed to a listener as it comes. */
export function tapped(onLine: ((line: string) => void) | undefined) {
  if (!onLine) return 'pipe';
  const lines = lineSplitter(onLine);
  // As bytes: a line that never ends would be kept whole.
  return [
    'pipe',
    {
      binary: true,
      *transform(chunk: unknown) {
        lines.add(chunk as Uint8Array);
        yield chunk;
      },
      *final(): Generator<never> {
        lines.end();
        yield* [];
      },
    },
  ] as const;
}

/** A program may write megabytes without a line break. */
const LONGEST_LINE = 2000;

/** The last lines of a failed command's output, for an error's details. */
export function tail(text: string, lines = 12): string[] {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '')
    .slice(-lines)
    .map(shortened);
}

/** A line as an error shows it. */
export function shortened(line: string): string {
  return line.length <= LONGEST_LINE ? line : `${line.slice(0, LONGEST_LINE)}…`;
}
