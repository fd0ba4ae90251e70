import type { ProcessRunner, RunResult } from './process.ts';
import { shellWord } from './shell-word.ts';

export interface RemoteHost {
  /** `host` or `user@host`. */
  host: string;
  port: number | undefined;
}

/** Runs programs on other machines. */
export interface RemoteShell {
  /** Resolves whatever the exit code is; 255 is ssh's own failure (ssh(1)). */
  run(remote: RemoteHost, command: readonly string[]): Promise<RunResult>;
}

/** The ssh that git itself would use, as far as the environment says so (git(1), GIT_SSH_COMMAND and GIT_SSH). */
export class Ssh implements RemoteShell {
  private readonly runner: ProcessRunner;
  private readonly env: Readonly<Record<string, string | undefined>>;

  constructor(runner: ProcessRunner, env: Readonly<Record<string, string | undefined>>) {
    this.runner = runner;
    this.env = env;
  }

  async run({ host, port }: RemoteHost, command: readonly string[]): Promise<RunResult> {
    const [program = 'ssh', ...own] = await this.program();
    const where = [...(port ? ['-p', String(port)] : []), '--', host];
    // ssh joins its words by spaces for the shell of the other machine: each has to arrive as it is.
    const args = [...own, ...where, ...command.map(shellWord)];
    return this.runner.run(program, args, { atTerminal: true });
  }

  private async program(): Promise<string[]> {
    if (this.env.GIT_SSH_COMMAND) {
      const { parseCommandString } = await import('execa');
      return parseCommandString(this.env.GIT_SSH_COMMAND);
    }
    return [this.env.GIT_SSH || 'ssh'];
  }
}
