import { type Readable, Transform, type Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { CanaryError } from '../../errors.ts';
import { streamDurably } from '../files.ts';
import { type Environment, type RunOptions, type RunResult, tail, tapped } from '../process.ts';
import {
  type Archive,
  execArguments,
  type InContainer,
  inputOf,
  sinkArguments,
  sourceArguments,
} from './container-ends.ts';
import { engineUnreachable, isUnreachable } from './failures.ts';

/** A program without children whose output is kept, and lines around it. */
export interface SavedProgram extends Omit<InContainer, 'input'> {
  before?: string;
  after?: string;
}

export interface StreamOptions {
  signal?: AbortSignal | undefined;
  /** Called with the number of bytes so far, as they pass. */
  onBytes?: ((total: number) => void) | undefined;
}

/** A copy is much work for Docker's command line: production comes first if cores are scarce. */
const YIELDING = ['-n', '15', 'docker'];

/** Talks to programs inside containers, through Docker's own command line. */
export class ContainerStreams {
  private readonly env: Environment;

  constructor(env: Environment) {
    this.env = env;
  }

  /** Runs a program to its end, whatever its exit code. */
  async run(
    program: InContainer,
    { signal, onLine }: Pick<RunOptions, 'signal' | 'onLine'> = {},
  ): Promise<RunResult> {
    signal?.throwIfAborted();
    const { execa } = await import('execa');
    const result = await execa('docker', execArguments(program), {
      ...this.options(program.env, signal),
      ...inputOf(program),
      stdout: tapped(onLine),
    });
    signal?.throwIfAborted();
    const stderr = String(result.stderr ?? '');
    if (result.exitCode !== 0 && isUnreachable(stderr)) throw engineUnreachable(stderr);
    return { stdout: String(result.stdout ?? ''), stderr, exitCode: result.exitCode ?? 1 };
  }

  /** Sends the output of one end to the other; keeps nothing on the way. Throws `command-failed` if an end fails. */
  async pipe(
    from: InContainer | Archive,
    to: InContainer | Archive,
    { signal, onBytes }: StreamOptions = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    const { execa } = await import('execa');
    const source = execa(
      'nice',
      [...YIELDING, ...sourceArguments(from)],
      this.sourceOptions(from, signal),
    );
    const sink = execa('nice', [...YIELDING, ...sinkArguments(to)], this.sinkOptions(to, signal));
    sink.stdout?.resume();
    const counter = byteCounter(onBytes);
    // An end that stops early is reported by its exit code.
    for (const stream of [source.stdin, source.stdout, counter, sink.stdin])
      stream?.on('error', () => undefined);
    if (source.stdout && sink.stdin) source.stdout.pipe(counter).pipe(sink.stdin);
    // Without a reader the source would wait forever, and we would wait for what it has sent already.
    void sink.finally(() => {
      source.kill();
      source.stdout?.unpipe().resume();
    });
    const [given, taken] = await Promise.all([source, sink]);
    signal?.throwIfAborted();
    // Which end broke first is not known; the message of the sink says more than a broken pipe.
    const failed = taken.exitCode !== 0 ? taken : given.exitCode !== 0 ? given : undefined;
    if (failed) throw brokenOff([taken.stderr, given.stderr].map(String).join('\n'));
  }

  /** Passes the output of an end to `take`; what that leaves is not read. Throws `command-failed` if the end fails. */
  async read(
    from: InContainer | Archive,
    take: (content: Readable) => Promise<void>,
    { signal, onBytes }: StreamOptions = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    const { execa } = await import('execa');
    const source = execa('docker', sourceArguments(from), this.sourceOptions(from, signal));
    const content = source.stdout.pipe(byteCounter(onBytes));
    const [reading] = await Promise.allSettled([take(content)]);
    const isCut = !source.stdout.readableEnded;
    if (isCut) {
      source.stdout.unpipe().resume();
      source.kill();
    }
    const given = await source;
    signal?.throwIfAborted();
    if (!isCut && given.exitCode !== 0) throw brokenOff(String(given.stderr));
    if (reading.status === 'rejected') throw reading.reason;
  }

  /** Sends what `give` writes to an end. Throws `command-failed` when the end fails. */
  async write(
    to: InContainer | Archive,
    give: (sink: Writable) => Promise<void>,
    { signal, onBytes }: StreamOptions = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    const { execa } = await import('execa');
    const sink = execa('docker', sinkArguments(to), this.sinkOptions(to, signal));
    sink.stdout.resume();
    const counter = byteCounter(onBytes);
    for (const stream of [counter, sink.stdin]) stream.on('error', () => undefined);
    counter.pipe(sink.stdin);
    // Without a reader `give` would wait forever.
    void sink.finally(() => counter.destroy());
    const [giving] = await Promise.allSettled([give(counter)]);
    if (giving.status === 'rejected') sink.kill();
    const taken = await sink;
    signal?.throwIfAborted();
    if (taken.exitCode) throw brokenOff(String(taken.stderr));
    if (giving.status === 'rejected') throw giving.reason;
  }

  private sourceOptions(from: InContainer | Archive, signal: AbortSignal | undefined) {
    const env = 'env' in from ? from.env : undefined;
    // A piped input stays open until the source ends: see TIED.
    const isFed = 'command' in from && from.input !== undefined;
    const input = isFed ? inputOf(from) : ({ stdin: 'pipe' } as const);
    return { ...this.options(env, signal), ...input, buffer: { stdout: false } } as const;
  }

  private sinkOptions(to: InContainer | Archive, signal: AbortSignal | undefined) {
    const env = 'env' in to ? to.env : undefined;
    return { ...this.options(env, signal), stdin: 'pipe', buffer: { stdout: false } } as const;
  }

  /**
   * Saves what programs print, one after the other, in a gzipped file that appears once it is complete. Returns its
   * size. Throws `command-failed` when one of them fails. If canary or Docker's command line is killed, they end too.
   */
  async save(
    programs: readonly SavedProgram[],
    path: string,
    { signal, onBytes }: StreamOptions = {},
  ): Promise<number> {
    let total = 0;
    const print = (program: SavedProgram) => this.print(program, signal);
    async function* content() {
      for (const program of programs) {
        yield Buffer.from(program.before ?? '');
        for await (const chunk of print(program)) {
          total += chunk.length;
          onBytes?.(total);
          yield chunk;
        }
        yield Buffer.from(program.after ?? '');
      }
    }
    return streamDurably(path, content(), createGzip());
  }

  /** What a program prints, to its end; throws if the program fails. */
  private async *print(
    { container, command, env }: SavedProgram,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<Buffer> {
    signal?.throwIfAborted();
    const { execa } = await import('execa');
    const source = { container, command, ...(env ? { env } : {}) };
    const running = execa('docker', sourceArguments(source), this.sourceOptions(source, signal));
    try {
      for await (const chunk of running.stdout as AsyncIterable<Buffer>) yield chunk;
      const { exitCode, stderr } = await running;
      signal?.throwIfAborted();
      if (exitCode === 0) return;
      if (isUnreachable(String(stderr))) throw engineUnreachable(String(stderr));
      throw new CanaryError('command-failed', `${command[0]} in a container failed.`, {
        details: tail(String(stderr)),
      });
    } finally {
      running.kill();
      await running;
    }
  }

  private options(env: Readonly<Record<string, string>> = {}, signal: AbortSignal | undefined) {
    return {
      reject: false,
      env: { ...this.env, ...env },
      extendEnv: false,
      // Its own process group: Ctrl-C at the terminal reaches canary, which ends its children in its own order.
      detached: true,
      maxBuffer: 200_000_000,
      ...(signal ? { cancelSignal: signal } : {}),
    } as const;
  }
}

function byteCounter(onBytes: ((total: number) => void) | undefined): Transform {
  let total = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      total += chunk.length;
      onBytes?.(total);
      done(null, chunk);
    },
  });
}

function brokenOff(words: string): CanaryError {
  if (isUnreachable(words)) return engineUnreachable(words);
  return new CanaryError('command-failed', 'Copying between containers failed.', {
    details: tail(words),
  });
}
