import { resolve } from 'node:path';
import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { jsonLines, makeOutput, type Streams } from './cli/output.ts';
import { buildProgram } from './cli/program.ts';
import type { Dispatch, Globals } from './cli/session.ts';
import { type Context, worldOf } from './context.ts';
import { CanaryError, EXIT, messageOf } from './errors.ts';
import type { EventSink } from './rollout/events.ts';
import { systemClock } from './system/clock.ts';
import { isDiskProblem } from './system/files.ts';
import { ciMarks } from './ui/ci.ts';
import { errorDocument, errorText } from './ui/error-view.ts';
import { PlainLog } from './ui/plain-log.ts';
import { printable, printableJson } from './ui/printable.ts';
import { spinningProgress } from './ui/progress.ts';
import { makeTheme, type Theme } from './ui/theme.ts';

export const VERSION = '0.1.0';

/**
 * The whole program: builds the real parts, runs one command and maps how it ended to an exit code.
 * Tests call it with their own streams.
 */
export async function main(argv: readonly string[], streams: Streams): Promise<number> {
  const args = asPlugin(argv);
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
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  try {
    return await runCommand(args, streams, interrupt.signal);
  } finally {
    process.off('SIGINT', stop).off('SIGTERM', stop).off('SIGHUP', stop);
  }
}

async function runCommand(
  args: readonly string[],
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  let exitCode: number = EXIT.done;
  const program = buildProgram(async (globals, action, follows) => {
    exitCode = await perform(globals, action, follows, streams, signal);
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
    const usage = new CanaryError('usage', usageMessage(error), {
      hint: 'Run `canary --help` to see the commands, `canary COMMAND --help` for one of them.',
    });
    if (isJson) streams.stdout.write(`${printableJson(errorDocument(usage))}\n`);
    else writeError(streams, usage, makeTheme(false), false);
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

/** Commands that a person who mistyped another one must not be offered. */
const ENDS_SOMETHING = /\b(abort|down|promote|revert)\b/;

/** Commander's message without its frame: only the reason if a value was rejected, else a sentence. */
function usageMessage({ message }: CommanderError): string {
  const bare = message
    .replace(/^error: /, '')
    .replace(/^.* is invalid for argument '.*?'\. |^.* argument '.*?' is invalid\. /, '');
  const offered = /\n\(Did you mean (.*?)\?\)/.exec(bare)?.[1] ?? '';
  const harmless = ENDS_SOMETHING.test(offered) ? bare.replace(/\n\(Did you mean .*$/s, '') : bare;
  const sentence = harmless.charAt(0).toUpperCase() + harmless.slice(1);
  return /[.?)]$/.test(sentence) ? sentence : `${sentence}.`;
}

async function perform(
  globals: Globals,
  action: Parameters<Dispatch>[1],
  follows: boolean,
  streams: Streams,
  signal: AbortSignal,
): Promise<number> {
  const { env, stderr, stdout } = streams;
  const hasColor = globals.color && !env.NO_COLOR && env.TERM !== 'dumb';
  const errorTheme = makeTheme(hasColor && stderr.isTTY === true);
  const output = makeOutput(streams, makeTheme(hasColor && stdout.isTTY === true), globals);
  const log = new PlainLog({
    write: (text) => stderr.write(text),
    theme: errorTheme,
    isVerbose: globals.verbose,
    now: () => systemClock.now().getTime(),
    ci: ciMarks(env),
  });
  const over = new AbortController();
  const beating = beat(log, over.signal);
  try {
    const emit = await progress(globals, follows, streams, { theme: errorTheme, log });
    const context = makeContext(globals, streams, signal, emit);
    return (await action({ context, output, globals, streams })) ?? EXIT.done;
  } catch (thrown) {
    // The reason for the stop says more than the error a library throws when it is stopped.
    const reason = signal.aborted && !(thrown instanceof CanaryError) ? signal.reason : thrown;
    const error = isDiskProblem(reason) ? diskFull(reason) : ofSystem(reason);
    log.end();
    if (globals.json) stdout.write(`${printableJson(errorDocument(error))}\n`);
    else writeError(streams, error, errorTheme, globals.verbose);
    return error instanceof CanaryError ? error.exitCode : EXIT.failed;
  } finally {
    log.end();
    over.abort();
    await beating;
  }
}

/** A log stays alive while nothing happens. */
async function beat(log: PlainLog, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    log.beat();
    await systemClock.sleep(1000, signal).catch(() => undefined);
  }
}

function diskFull(cause: unknown): CanaryError {
  return new CanaryError('disk-full', `Nothing can be written: ${messageOf(cause)}.`, {
    hint: 'Make space on the disk. `canary status` says where users are now; `canary abort` needs no space.',
    cause,
  });
}

/** An error of the system about a file is the user's to mend, not a bug. */
function ofSystem(error: unknown): unknown {
  if (!(error instanceof Error && 'syscall' in error && 'path' in error && 'code' in error))
    return error;
  return new CanaryError('file-unusable', `${error.path} cannot be used.`, {
    details: [error.message],
    hint: 'Check that it is what canary expects there, and that you may read and write it.',
    cause: error,
  });
}

function writeError(
  { env, stderr }: Streams,
  error: unknown,
  theme: Theme,
  isVerbose: boolean,
): void {
  const ci = ciMarks(env);
  const lines = theme.printable(errorText(error, theme, isVerbose)).split('\n');
  const title = error instanceof CanaryError ? `canary: ${error.code}` : 'canary';
  const mark = ci?.annotate('error', title, printable(messageOf(error), false));
  stderr.write(`${lines.map((line) => ci?.harmless(line) ?? line).join('\n')}\n`);
  if (mark !== undefined) stderr.write(`${mark}\n`);
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
  globals: Globals,
  { env, cwd, stdin, stderr }: Streams,
  signal: AbortSignal,
  emit: EventSink,
): Context {
  const directory = resolve(cwd, globals.directory);
  const terminal = stdin.isTTY && stderr.isTTY ? { input: stdin, output: stderr } : undefined;
  return {
    ...worldOf(env),
    options: {
      directory,
      files: globals.file,
      projectName: globals.projectName,
      envFiles: globals.envFile.map((file) => resolve(directory, file)),
      profiles: globals.profile,
      config: globals.config,
    },
    prompt: {
      async chooseServices(choices, preselected) {
        if (!terminal) return undefined;
        const { askForServices } = await import('./ui/prompts.ts');
        return askForServices(choices, preselected, terminal);
      },
      async confirm(question) {
        if (!terminal) return false;
        const { askToConfirm } = await import('./ui/prompts.ts');
        return askToConfirm(question, terminal);
      },
    },
    emit,
    signal,
  };
}

/** `docker canary ARGS` calls the plugin with the plugin's name first (Docker CLI plugin protocol). */
function asPlugin(argv: readonly string[]): readonly string[] {
  return argv[0] === 'canary' ? argv.slice(1) : argv;
}

const PLUGIN_METADATA = {
  SchemaVersion: '0.1.0',
  Vendor: 'compose-canary',
  Version: VERSION,
  ShortDescription: 'Canary deployments for docker compose',
};
