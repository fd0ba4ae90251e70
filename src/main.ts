import { resolve } from 'node:path';
import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { failureOf, mayHaveMoved, writeError } from './cli/failure.ts';
import { patiently } from './cli/lock-wait.ts';
import { jsonLines, makeOutput, type Streams } from './cli/output.ts';
import { asPlugin } from './cli/plugin.ts';
import { buildProgram } from './cli/program.ts';
import type { Dispatch, Globals } from './cli/session.ts';
import { usageError } from './cli/usage.ts';
import { type Context, worldOf } from './context.ts';
import type { UsersNow } from './documents/error.ts';
import { CanaryError, EXIT } from './errors.ts';
import { eventHub } from './rollout/event-hub.ts';
import type { EventSink } from './rollout/events.ts';
import { ended } from './sentences.ts';
import type { Clock } from './system/clock.ts';
import { onHost } from './system/host.ts';
import { type Machine, realMachine } from './system/machine.ts';
import { processesHere } from './system/state/process-identity.ts';
import { ciMarks } from './ui/ci.ts';
import { errorDocument } from './ui/error-view.ts';
import { PlainLog } from './ui/plain-log.ts';
import { printableJson } from './ui/printable.ts';
import { spinningProgress } from './ui/progress.ts';
import type { Terminal } from './ui/prompts.ts';
import { makeTheme, type Theme } from './ui/theme.ts';

export const VERSION = '0.1.0';

/**
 * The whole program: builds the real parts, runs one command and maps how it ended to an exit code.
 * Tests call it with their own streams, and a simulation with its own machine.
 */
export function main(argv: readonly string[], given: Streams, machine?: Machine): Promise<number> {
  const { args, env } = asPlugin(argv, given.env);
  const ground = machine ?? realMachine(env);
  return onHost(ground.host, () => mainHere(args, { ...given, env }, ground));
}

async function mainHere(
  args: readonly string[],
  streams: Streams,
  machine: Machine,
): Promise<number> {
  if (args[0] === '__complete') {
    // Docker's CLI names the plugin first.
    await completeWord(args.slice(args[1] === 'canary' ? 2 : 1), streams, machine);
    return EXIT.done;
  }
  if (args[0] === 'docker-cli-plugin-metadata') {
    streams.stdout.write(`${JSON.stringify(PLUGIN_METADATA)}\n`);
    return EXIT.done;
  }
  const interrupt = new AbortController();
  const stop = () =>
    interrupt.abort(
      new CanaryError('interrupted', 'Interrupted.', {
        hint: 'Run `canary status` to see where it stands.',
      }),
    );
  const { off } = processesHere().onInterrupt(stop);
  const written = watchOutput(streams.stdout);
  try {
    const exitCode = await runCommand(args, streams, { machine, signal: interrupt.signal });
    const problem = await written();
    if (!problem) return exitCode;
    writeError(streams, unwritable(problem), makeTheme(false), false);
    return exitCode === EXIT.done ? EXIT.failed : exitCode;
  } finally {
    off();
  }
}

/**
 * Watches whether a command's output arrives; the returned function waits for the rest of it. A
 * reader that went away, such as `head`, is no problem.
 */
function watchOutput(stdout: Streams['stdout']): () => Promise<Error | undefined> {
  let problem: Error | undefined;
  const note = (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') problem ??= error;
  };
  stdout.on('error', note);
  return async () => {
    if (stdout.writable)
      await new Promise<void>((resolve) => {
        stdout.write('', (error) => {
          if (error) note(error);
          resolve();
        });
      });
    // The event of a failed write comes later than its effect.
    if (stdout.errored) note(stdout.errored);
    stdout.off('error', note);
    return problem;
  };
}

function unwritable(cause: Error): CanaryError {
  return new CanaryError(
    'output-unwritable',
    ended(`The output cannot be written: ${cause.message}`),
    {
      hint: 'Only the output is lost, not what the command did: `canary status` says where it stands.',
      cause,
    },
  );
}

/** What a command stands on, and how it is stopped. */
interface Ground {
  machine: Machine;
  signal: AbortSignal;
}

async function runCommand(args: readonly string[], streams: Streams, on: Ground): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = buildProgram(async (globals, action, follows) => {
    const [command = ''] = program.args;
    exitCode = await perform(globals, action, follows, streams, { ...on, command });
  }, VERSION);
  const isJson = args.includes('--json');
  let help = '';
  program.exitOverride().configureOutput({
    writeOut: (text) => streams.stdout.write(text),
    // We print errors ourselves; only the help of a command called without its subcommand is kept.
    writeErr: (text) => {
      help += text;
    },
  });
  inheritSettings(program);
  try {
    await program.parseAsync([...args], { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return EXIT.done;
    if (error.code === 'commander.help' && !isJson) {
      streams.stderr.write(help);
      return EXIT.usage;
    }
    const usage = usageError(error, program);
    if (isJson) streams.stdout.write(`${printableJson(errorDocument(usage))}\n`);
    else
      writeError(
        streams,
        usage,
        makeTheme(hasColor({ color: !args.includes('--no-color') }, streams.env, streams.stderr)),
        false,
      );
    return usage.exitCode;
  }
}

/** Commander hands settings down only to commands that are added after they were set. */
function inheritSettings(parent: CommandUnknownOpts): void {
  for (const command of parent.commands) {
    command.copyInheritedSettings(parent);
    inheritSettings(command);
  }
}

async function perform(
  globals: Globals,
  action: Parameters<Dispatch>[1],
  follows: boolean,
  streams: Streams,
  on: Ground & { command: string },
): Promise<number> {
  const { signal } = on;
  const { env, stderr, stdout } = streams;
  const errorTheme = makeTheme(hasColor(globals, env, stderr));
  const output = makeOutput(streams, makeTheme(hasColor(globals, env, stdout)), globals);
  const { clock } = on.machine;
  const log = new PlainLog({
    write: (text) => stderr.write(text),
    theme: errorTheme,
    isVerbose: globals.verbose,
    now: () => clock.now().getTime(),
    ci: ciMarks(env),
  });
  const over = new AbortController();
  const beating = beat(clock, log, over.signal);
  let begun: Context | undefined;
  try {
    const emit = await progress(globals, follows, streams, { theme: errorTheme, log });
    const context = makeContext(globals, streams, on, emit);
    begun = context;
    const session = { context, output, globals, streams };
    const exitCode = await patiently(context, globals.lockWait, async () => action(session));
    return exitCode ?? EXIT.done;
  } catch (thrown) {
    const error = failureOf(thrown, signal);
    log.end();
    const moved =
      begun && mayHaveMoved(on.command, error) ? { users: await usersNow(begun) } : undefined;
    if (globals.json) stdout.write(`${printableJson(errorDocument(error, moved?.users))}\n`);
    else writeError(streams, error, errorTheme, globals.verbose, moved);
    return error instanceof CanaryError ? error.exitCode : EXIT.failed;
  } finally {
    log.end();
    over.abort();
    await beating;
  }
}

async function usersNow(context: Context): Promise<UsersNow | undefined> {
  const { whereUsers } = await import('./workflows/where-users.ts');
  return whereUsers(context);
}

/** A log stays alive while nothing happens. */
async function beat(clock: Clock, log: PlainLog, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    log.beat();
    await clock.sleep(1000, signal).catch(() => undefined);
  }
}

/** `--no-color`, then FORCE_COLOR, then NO_COLOR, then what the terminal can. */
function hasColor(
  { color }: Pick<Globals, 'color'>,
  { FORCE_COLOR: forced, NO_COLOR: refused, TERM }: Streams['env'],
  { isTTY }: { isTTY?: boolean },
): boolean {
  if (!color) return false;
  if (forced) return forced !== '0' && forced !== 'false';
  return !refused && TERM !== 'dumb' && isTTY === true;
}

function progress(
  globals: Globals,
  follows: boolean,
  streams: Streams,
  { theme, log }: { theme: Theme; log: PlainLog },
): Promise<EventSink> | EventSink {
  if (globals.json) return follows ? jsonLines(streams) : () => undefined;
  if (globals.quiet) return () => undefined;
  // A terminal that does not know its width cannot be redrawn.
  const hasWidth = (streams.stderr.columns ?? 0) > 0;
  const canSpin = streams.stderr.isTTY === true && hasWidth && !streams.env.CI && !globals.verbose;
  if (!canSpin) return log.emit;
  const write = (text: string) => streams.stderr.write(theme.printable(text));
  return spinningProgress({ write, theme, isVerbose: globals.verbose }, streams.stderr);
}

function makeContext(
  globals: Omit<Globals, 'json' | 'quiet' | 'verbose' | 'yes'>,
  { env, cwd, stdin, stderr }: Streams,
  { machine, signal }: Ground,
  emit: EventSink,
): Context {
  const directory = resolve(cwd, globals.directory);
  const terminal =
    stdin.isTTY && stderr.isTTY
      ? { input: stdin, output: stderr, hasColor: hasColor(globals, env, stderr) }
      : undefined;
  return {
    ...worldOf(env, machine),
    options: {
      directory,
      files: globals.file,
      projectName: globals.projectName,
      envFiles: globals.envFile.map((file) => resolve(directory, file)),
      profiles: globals.profile,
      config: globals.config,
    },
    prompt: promptAt(terminal, env),
    ...eventHub(emit),
    signal,
  };
}

/** Questions at a terminal; the library that asks them is loaded for the first one. */
function promptAt(terminal: Terminal | undefined, env: Streams['env']): Context['prompt'] {
  const asked = async <A>(ask: (prompts: Prompts, at: Terminal) => A | Promise<A>) =>
    terminal ? ask(await import('./ui/prompts.ts'), terminal) : undefined;
  return {
    isAttended: terminal !== undefined && !env.CI,
    chooseOne: (question) => asked(({ askForOne }, at) => askForOne(question, at)),
    chooseSeveral: (question) => asked(({ askForSeveral }, at) => askForSeveral(question, at)),
    type: (question) => asked(({ askForText }, at) => askForText(question, at)),
    show: (title, text) => asked(({ showText }, at) => showText(title, text, at)),
    confirm: async (question) =>
      (await asked(({ askToConfirm }, at) => askToConfirm(question, at))) ?? false,
  };
}

type Prompts = typeof import('./ui/prompts.ts');

/**
 * What a shell may offer for the last word. Whatever is wrong with the project, completing a word
 * neither fails nor says so.
 */
async function completeWord(
  words: readonly string[],
  streams: Streams,
  machine: Machine,
): Promise<void> {
  const { complete, typedGlobals } = await import('./cli/completion/complete.ts');
  const { namesOf } = await import('./cli/completion/names.ts');
  const { directory, files, config } = typedGlobals(words);
  const globals = { directory, config, file: files, envFile: [], profile: [], color: false };
  const on = { machine, signal: AbortSignal.timeout(5000) };
  const context = makeContext(globals, streams, on, () => undefined);
  const program = buildProgram(async () => undefined, VERSION);
  streams.stdout.write(await complete(program, words, namesOf(context)));
}

const PLUGIN_METADATA = {
  SchemaVersion: '0.1.0',
  Vendor: 'compose-canary',
  Version: VERSION,
  ShortDescription: 'Canary deployments for docker compose',
};
