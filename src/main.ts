import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { CommanderError, type CommandUnknownOpts } from '@commander-js/extra-typings';
import { jsonLines, makeOutput, type Streams } from './cli/output.ts';
import { buildProgram } from './cli/program.ts';
import type { Dispatch, Globals } from './cli/session.ts';
import type { Context } from './context.ts';
import { CanaryError, EXIT } from './errors.ts';
import type { EventSink } from './rollout/events.ts';
import { systemClock } from './system/clock.ts';
import { ComposeCli } from './system/docker/compose.ts';
import { DockerStreams } from './system/docker/container-streams.ts';
import { DockerEngine } from './system/docker/engine.ts';
import { makeGit } from './system/git/git.ts';
import { UnixProxySocket } from './system/haproxy/proxy-socket.ts';
import { askHttp } from './system/http.ts';
import { ExecaRunner } from './system/process.ts';
import { Ssh } from './system/remote-shell.ts';
import { JournalFiles } from './system/state/journal-store.ts';
import { FileLock } from './system/state/lock.ts';
import { FileStopRequest } from './system/state/stop-request.ts';
import { programRunner } from './system/user-program.ts';
import { errorDocument, errorText } from './ui/error-view.ts';
import { plainProgress, spinningProgress } from './ui/progress.ts';
import { makeTheme, type Theme } from './ui/theme.ts';

export const VERSION = '0.1.0';

/** The top folder of the package, from src and from dist alike. */
const PACKAGE = new URL('..', import.meta.url);

/**
 * The whole program: builds the real parts, runs one command and maps how it ended to an exit code.
 * Tests call it with streams of their own.
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
    // An error is printed in our own words; the help that a command without its subcommand gives is kept.
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
    if (isJson) streams.stdout.write(`${JSON.stringify(errorDocument(usage))}\n`);
    else streams.stderr.write(`${errorText(usage, makeTheme(false), false)}\n`);
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

/** Commander's words without its frame: the reason alone where a value was refused, else a sentence. */
function usageMessage({ message }: CommanderError): string {
  const bare = message
    .replace(/^error: /, '')
    .replace(/^.* is invalid for argument '.*?'\. |^.* argument '.*?' is invalid\. /, '');
  const sentence = bare.charAt(0).toUpperCase() + bare.slice(1);
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
  try {
    const emit = await progress(globals, follows, streams, errorTheme);
    const context = makeContext(globals, streams, signal, emit);
    return (await action({ context, output, globals, streams })) ?? EXIT.done;
  } catch (thrown) {
    // What a library throws when it is stopped says less than why it was.
    const error = signal.aborted && !(thrown instanceof CanaryError) ? signal.reason : thrown;
    if (globals.json) stdout.write(`${JSON.stringify(errorDocument(error))}\n`);
    else stderr.write(`${errorText(error, errorTheme, globals.verbose)}\n`);
    return error instanceof CanaryError ? error.exitCode : EXIT.failed;
  }
}

function progress(
  globals: Globals,
  follows: boolean,
  streams: Streams,
  theme: Theme,
): Promise<EventSink> | EventSink {
  if (globals.json) return follows ? jsonLines(streams) : () => undefined;
  if (globals.quiet) return () => undefined;
  const terminal = {
    write: (text: string) => streams.stderr.write(text),
    theme,
    isVerbose: globals.verbose,
  };
  // A terminal that does not know its width cannot be redrawn.
  const hasWidth = (streams.stderr.columns ?? 0) > 0;
  const canSpin = streams.stderr.isTTY === true && hasWidth && !streams.env.CI && !globals.verbose;
  return canSpin ? spinningProgress(terminal, streams.stderr) : plainProgress(terminal);
}

function makeContext(
  globals: Globals,
  streams: Streams,
  signal: AbortSignal,
  emit: EventSink,
): Context {
  // Clones and proxy are no orphans, whichever files a call of Compose is given.
  const runner = new ExecaRunner({ ...streams.env, COMPOSE_IGNORE_ORPHANS: 'true' });
  const directory = resolve(streams.cwd, globals.directory);
  return {
    options: {
      directory,
      files: globals.file,
      projectName: globals.projectName,
      envFiles: globals.envFile.map((file) => resolve(directory, file)),
      profiles: globals.profile,
      config: globals.config,
    },
    env: streams.env,
    owner: { uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 },
    clock: systemClock,
    engine: new DockerEngine(runner),
    streams: new DockerStreams(streams.env),
    compose: new ComposeCli(runner),
    git: makeGit(),
    remoteShell: new Ssh(runner, streams.env),
    http: askHttp,
    runProgram: programRunner(streams.env),
    program: {
      node: process.execPath,
      script: fileURLToPath(new URL('bin/canary.js', PACKAGE)),
      templates: fileURLToPath(new URL('templates', PACKAGE)),
    },
    prompt: {
      async chooseServices(choices, preselected) {
        if (!streams.stdin.isTTY || !streams.stderr.isTTY) return undefined;
        const { askForServices } = await import('./ui/prompts.ts');
        return askForServices(choices, preselected, {
          input: streams.stdin,
          output: streams.stderr,
        });
      },
      async confirm(question) {
        if (!streams.stdin.isTTY || !streams.stderr.isTTY) return false;
        const { askToConfirm } = await import('./ui/prompts.ts');
        return askToConfirm(question, { input: streams.stdin, output: streams.stderr });
      },
    },
    emit,
    signal,
    open: {
      journals: (path) => new JournalFiles(path, systemClock),
      lock: (path) => new FileLock(path, systemClock),
      stopRequest: (path) => new FileStopRequest(path, systemClock),
      proxySocket: (path) => new UnixProxySocket(path),
    },
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
