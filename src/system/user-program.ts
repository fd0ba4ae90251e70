import { type Environment, tapped } from './process.ts';

/** A program that the user named, with its arguments. */
interface UserProgram {
  argv: readonly string[];
  cwd: string;
  /** Its variables besides the environment of canary. */
  facts: Readonly<Record<string, string>>;
  /** Milliseconds until it is ended, with everything it started. */
  timeout: number;
  /** Called for every line it writes, as it comes. */
  onLine?: ((line: string) => void) | undefined;
}

/** How it ended by itself, or why it did not: a sentence without subject and capital. */
export type ProgramEnd =
  | { exitCode: number; stdout: string; output: string }
  | { problem: string; output: string };

/** Runs a program by its arguments, never through a shell. Rejects only when the signal aborts, with its reason. */
export type RunProgram = (program: UserProgram, signal?: AbortSignal) => Promise<ProgramEnd>;

const LONGEST_OUTPUT = 10_000_000;
/** The time between asking a program to end and killing it. */
const GRACE_MS = 2000;

/** Runs programs with an environment. */
export function programRunner(env: Environment): RunProgram {
  return async ({ argv, cwd, facts, timeout, onLine }, signal) => {
    signal?.throwIfAborted();
    const { execa } = await import('execa');
    const [command = '', ...args] = argv;
    const child = execa(command, args, {
      cwd,
      env: { ...env, ...facts },
      extendEnv: false,
      reject: false,
      stdin: 'ignore',
      stdout: tapped(onLine),
      stderr: tapped(onLine),
      all: true,
      maxBuffer: LONGEST_OUTPUT,
      // Its own process group: what it starts is ended with it.
      detached: true,
    });
    let isLate = false;
    let grace: NodeJS.Timeout | undefined;
    const end = () => {
      endGroup(child.pid, 'SIGTERM');
      grace = setTimeout(() => {
        endGroup(child.pid, 'SIGKILL');
        // A process that left the group may hold these open forever.
        child.all?.destroy();
        child.stdout?.destroy();
        child.stderr?.destroy();
      }, GRACE_MS);
    };
    const late = setTimeout(() => {
      isLate = true;
      end();
    }, timeout);
    signal?.addEventListener('abort', end);
    const result = await child;
    clearTimeout(late);
    clearTimeout(grace);
    signal?.removeEventListener('abort', end);
    signal?.throwIfAborted();
    const output = String(result.all ?? '');
    if (isLate) return { problem: `did not end within ${timeout} ms`, output };
    if (result.isMaxBuffer)
      return { problem: `wrote more than ${LONGEST_OUTPUT / 1_000_000} MB, and was ended`, output };
    if (result.exitCode !== undefined)
      return { exitCode: result.exitCode, stdout: String(result.stdout ?? ''), output };
    return { problem: problemOf(result), output };
  };
}

type HowItFailed = Partial<Record<'code' | 'signal', string | undefined>>;

function problemOf({ code, signal }: HowItFailed): string {
  if (signal) return `was ended by ${signal}`;
  if (code === 'ENOENT') return 'was not found';
  if (code === 'EACCES') return 'may not be run';
  return `could not be run${code ? ` (${code})` : ''}`;
}

function endGroup(group: number | undefined, signal: 'SIGTERM' | 'SIGKILL'): void {
  if (group === undefined) return;
  try {
    process.kill(-group, signal);
  } catch {
    // All of it has ended already.
  }
}
