import { randomBytes } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { onTestFinished } from 'vitest';
import { emptyFolder } from './fixture-project.ts';
import { until } from './storedog.ts';

export interface TerminalOptions {
  columns: number;
  rows: number;
  directory: string;
  env?: Readonly<Record<string, string>>;
}

/** Runs a program and writes its exit code to a file: tmux itself sometimes does not know it. */
const TELLING_THE_CODE = 'file=$1; shift; "$@"; echo "$?" > "$file"';

/** A real terminal with a program in it: what a person sees, and what a person types. */
export class Terminal {
  private readonly server: string;
  private readonly pane = 'pane';
  private readonly codeFile: string;

  private constructor(folder: string) {
    this.codeFile = join(folder, 'exit-code');
    this.server = `canary-test-${randomBytes(4).toString('hex')}`;
  }

  /** Starts a program; the terminal stays when it has ended, and goes with the test. */
  static async running(
    argv: readonly string[],
    { columns, rows, directory, env = {} }: TerminalOptions,
  ): Promise<Terminal> {
    const terminal = new Terminal(await emptyFolder());
    onTestFinished(() => terminal.close());
    const size = ['-x', String(columns), '-y', String(rows)];
    const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`]);
    await terminal.tmux(
      ...['-f', '/dev/null', 'start-server', ';', 'set-option', '-g', 'remain-on-exit', 'on', ';'],
      ...['new-session', '-d', '-s', terminal.pane, '-c', directory, ...size, ...variables],
      ...['--', 'sh', '-c', TELLING_THE_CODE, 'sh', terminal.codeFile, ...argv],
    );
    return terminal;
  }

  /** Presses keys, by their names in tmux: `a`, `Enter`, `Tab`, `C-c`. */
  async press(...keys: string[]): Promise<void> {
    await this.tmux('send-keys', '-t', this.pane, ...keys);
  }

  /** Types a text as it is. */
  async type(text: string): Promise<void> {
    await this.tmux('send-keys', '-t', this.pane, '-l', '--', text);
  }

  async resize(columns: number, rows: number): Promise<void> {
    const size = ['-x', String(columns), '-y', String(rows)];
    await this.tmux('resize-window', '-t', this.pane, ...size);
  }

  /** What is seen now. `withColours`: with the codes that make them. */
  async screen({ withColours = false } = {}): Promise<string> {
    return this.tmux('capture-pane', '-p', ...(withColours ? ['-e'] : []), '-t', this.pane);
  }

  /** Waits until what is seen matches, and returns it. */
  async seen(what: RegExp): Promise<string> {
    let screen = '';
    const look = async () => {
      screen = await this.screen();
      return what.test(screen);
    };
    await until(`${what} is seen`, look).catch((error: Error) => {
      throw new Error(`${error.message}\n${screen}`);
    });
    return screen;
  }

  /** Waits until the program has ended, and returns its exit code. */
  async exitCode(): Promise<number> {
    let code = '';
    await until('the program has ended', async () => {
      code = await readFile(this.codeFile, 'utf8').catch(() => '');
      return code.endsWith('\n');
    });
    return Number(code);
  }

  private async close(): Promise<void> {
    await this.tmux('kill-server').catch(() => undefined);
  }

  private async tmux(...args: string[]): Promise<string> {
    const { TMUX: _, ...env } = process.env;
    const { stdout } = await execa('tmux', ['-L', this.server, ...args], {
      env: { ...env, LANG: 'C.UTF-8', TERM: 'xterm-256color' },
      extendEnv: false,
      stdin: 'ignore',
    });
    return stdout;
  }
}
