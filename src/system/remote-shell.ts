import type { ProcessRunner, RunResult } from './process.ts';
import { shellWord } from './shell-word.ts';

export interface RemoteHost {
  /** `host` or `user@host`. */
  host: string;
  port: number | undefined;
}

/** Runs programs on other machines. */
export interface RemoteShell {
  /**
   * Resolves whatever the exit code is; 255 is ssh's own failure (ssh(1)). `configured` is the repository's
   * `core.sshCommand`.
   */
  run(
    remote: RemoteHost,
    command: readonly string[],
    configured: string | undefined,
  ): Promise<RunResult>;
}

/** The ssh that git itself would use (git(1): GIT_SSH_COMMAND, then core.sshCommand, then GIT_SSH). */
export class Ssh implements RemoteShell {
  private readonly runner: ProcessRunner;
  private readonly env: Readonly<Record<string, string | undefined>>;

  constructor(runner: ProcessRunner, env: Readonly<Record<string, string | undefined>>) {
    this.runner = runner;
    this.env = env;
  }

  async run(
    { host, port }: RemoteHost,
    command: readonly string[],
    configured: string | undefined,
  ): Promise<RunResult> {
    const where = [...(port ? ['-p', String(port)] : []), '--', host];
    // ssh joins its words by spaces for the shell of the other machine: each has to arrive as it is.
    const args = [...where, ...command.map(shellWord)];
    const own = this.env.GIT_SSH_COMMAND || configured;
    // Such a command is a line of shell by git's definition; what we add comes as arguments, never as text of it.
    return own
      ? this.runner.run('sh', ['-c', `${own} "$@"`, 'ssh', ...args], { atTerminal: true })
      : this.runner.run(this.env.GIT_SSH || 'ssh', args, { atTerminal: true });
  }
}
