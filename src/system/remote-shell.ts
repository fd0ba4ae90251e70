import type { Environment, RunProcess, RunResult } from './process.ts';
import { shellWord } from './shell-word.ts';

interface RemoteHost {
  /** `host` or `user@host`. */
  host: string;
  port: number | undefined;
}

/**
 * Runs a program on another machine. Resolves whatever the exit code is; 255 is ssh's own failure (ssh(1)).
 * `configured` is the repository's `core.sshCommand`.
 */
export type RunRemotely = (
  remote: RemoteHost,
  command: readonly string[],
  configured: string | undefined,
) => Promise<RunResult>;

/** Uses the ssh that git itself would use (git(1): GIT_SSH_COMMAND, then core.sshCommand, then GIT_SSH). */
export function sshRunner(run: RunProcess, env: Environment): RunRemotely {
  return ({ host, port }, command, configured) => {
    const where = [...(port ? ['-p', String(port)] : []), '--', host];
    // ssh joins its arguments with spaces for the shell of the other machine: each must arrive as it is.
    const args = [...where, ...command.map(shellWord)];
    const own = env.GIT_SSH_COMMAND || configured;
    // Git defines such a command as a line of shell; what we add is passed as arguments, never as part of that line.
    return own
      ? run('sh', ['-c', `${own} "$@"`, 'ssh', ...args], { atTerminal: true })
      : run(env.GIT_SSH || 'ssh', args, { atTerminal: true });
  };
}
