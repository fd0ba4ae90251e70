import { type Readable, Transform, type Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { CanaryError } from '../../errors.ts';
import { streamDurably } from '../files.ts';
import { lineTap, type RunResult, tail } from '../process.ts';
import {
  type Archive,
  execArguments,
  type InContainer,
  inputOf,
  sinkArguments,
  sourceArguments,
} from './container-ends.ts';
import { engineUnreachable, isUnreachable } from './engine.ts';

/** A program without children whose output is kept, and lines around it. */
export interface SavedProgram extends Omit<InContainer, 'input'> {
  before?: string;
  after?: string;
}

export interface StreamOptions {
  signal?: AbortSignal | undefined;
  /** Called with all the bytes so far, as they pass. */
  onBytes?: ((total: number) => void) | undefined;
}

/** Talks with programs inside of containers, through Docker's own command line. */
export interface ContainerStreams {
  /** Runs a program to its end, whatever its exit code. */
  run(
    program: InContainer,
    options?: {
      signal?: AbortSignal | undefined;
      onLine?: ((line: string) => void) | undefined;
    },
  ): Promise<RunResult>;
  /** Sends what one end gives to the other. Nothing is kept on the way. Throws `command-failed` when an end fails. */
  pipe(
    from: InContainer | Archive,
    to: InContainer | Archive,
    options?: StreamOptions,
  ): Promise<void>;
  /** Gives `take` what an end gives; what `take` leaves is not asked for. Throws `command-failed` when the end fails. */
  read(
    from: InContainer | Archive,
    take: (content: Readable) => Promise<void>,
    options?: StreamOptions,
  ): Promise<void>;
  /** Sends what `give` writes. Throws `command-failed` when the end fails. */
  write(
    to: InContainer | Archive,
    give: (sink: Writable) => Promise<void>,
    options?: StreamOptions,
  ): Promise<void>;
  /**
   * Keeps what programs print, one after the other, in a gzipped file that is there once it is whole. Gives its size.
   * Throws `command-failed` when one of them fails. Where canary or Docker's command line is killed they end, too.
   */
  save(programs: readonly SavedProgram[], path: string, options?: StreamOptions): Promise<number>;
}

/** A copy is much work for Docker's command line: production comes first where cores are scarce. */
const YIELDING = ['-n', '15', 'docker'];

export class DockerStreams implements ContainerStreams {
  private readonly env: Readonly<Record<string, string | undefined>>;

  constructor(env: Readonly<Record<string, string | undefined>>) {
    this.env = env;
  }

  async run(
    program: InContainer,
    {
      signal,
      onLine,
    }: {
      signal?: AbortSignal | undefined;
      onLine?: ((line: string) => void) | undefined;
    } = {},
  ): Promise<RunResult> {
    signal?.throwIfAborted();
    const { execa } = await import('execa');
    const result = await execa('docker', execArguments(program), {
      ...this.options(program.env, signal),
      ...inputOf(program),
      ...(onLine ? { stdout: ['pipe', lineTap(onLine)] } : {}),
    });
    signal?.throwIfAborted();
    const stderr = String(result.stderr ?? '');
    if (result.exitCode !== 0 && isUnreachable(stderr)) throw engineUnreachable(stderr);
    return { stdout: String(result.stdout ?? ''), stderr, exitCode: result.exitCode ?? 1 };
  }

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
    // An end that leaves early is told by its exit code.
    for (const stream of [source.stdin, source.stdout, counter, sink.stdin])
      stream?.on('error', () => undefined);
    if (source.stdout && sink.stdin) source.stdout.pipe(counter).pipe(sink.stdin);
    // Without a reader the source would wait for ever, and we for what it has sent already.
    void sink.finally(() => {
      source.kill();
      source.stdout?.unpipe().resume();
    });
    const [given, taken] = await Promise.all([source, sink]);
    signal?.throwIfAborted();
    // The end that broke first is not known; the taker's words say more than a broken pipe.
    const failed = taken.exitCode !== 0 ? taken : given.exitCode !== 0 ? given : undefined;
    if (failed) throw brokenOff([taken.stderr, given.stderr].map(String).join('\n'));
  }

  async read(
    from: InContainer | Archive,
    take: (content: Readable) => Promise<void>,
    { signal, onBytes }: StreamOptions = {},
  ): Promise<void> {
    signal?.throwIfAborted();
    const { execa } = await import('execa');
    const source = execa('docker', sourceArguments(from), this.sourceOptions(from, signal));
    const content = source.stdout.pipe(byteCounter(onBytes));
    const failure = await take(content).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    const isCut = !source.stdout.readableEnded;
    if (isCut) {
      source.stdout.unpipe().resume();
      source.kill();
    }
    const given = await source;
    signal?.throwIfAborted();
    if (!isCut && given.exitCode !== 0) throw brokenOff(String(given.stderr));
    if (failure) throw failure.error;
  }

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
    // Without a reader the giver would wait for ever.
    void sink.finally(() => counter.destroy());
    const failure = await give(counter).then(
      () => undefined,
      (error: unknown) => ({ error }),
    );
    if (failure) sink.kill();
    const taken = await sink;
    signal?.throwIfAborted();
    if (taken.exitCode) throw brokenOff(String(taken.stderr));
    if (failure) throw failure.error;
  }

  private sourceOptions(from: InContainer | Archive, signal: AbortSignal | undefined) {
    const env = 'env' in from ? from.env : undefined;
    // It stays open until the source ends: see TIED.
    const isFed = 'command' in from && from.input !== undefined;
    const input = isFed ? inputOf(from) : ({ stdin: 'pipe' } as const);
    return { ...this.options(env, signal), ...input, buffer: { stdout: false } } as const;
  }

  private sinkOptions(to: InContainer | Archive, signal: AbortSignal | undefined) {
    const env = 'env' in to ? to.env : undefined;
    return { ...this.options(env, signal), stdin: 'pipe', buffer: { stdout: false } } as const;
  }

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

  /** What a program prints, to its end; throws where that was none. */
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
      // A group of its own: Ctrl-C at the terminal reaches canary, which ends its children in its own order.
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
  return new CanaryError('command-failed', 'A copy between containers broke off.', {
    details: tail(words),
  });
}
