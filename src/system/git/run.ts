import type { SimpleGit, SimpleGitOptions } from 'simple-git';
import { CanaryError, type ErrorCode, messageOf } from '../../errors.ts';
import { withoutPasswords } from '../../git/urls.ts';
import { simulatedHost } from '../host.ts';
import { tail } from '../process.ts';

/** The error for a failed call of git; `git-failed` with git's own message when left out. */
export interface Failure {
  code?: ErrorCode;
  message?: string;
  hint?: string;
}

/** A worktree whose `.git` is not to be believed, with the git folder that it has. */
export interface Worktree {
  tree: string;
  gitFolder: string;
}

/** Where git works: in a folder, in which it finds the repository by itself, or in a worktree. */
export type Place = string | Worktree;

/** Runs git at a place and returns what it printed; only its exit code decides whether it throws. */
export type RunGit = (place: Place, args: readonly string[], failure?: Failure) => Promise<string>;

/**
 * What reaches git from the environment: who the user is and how they sign in. Everything else that
 * begins with GIT_, such as a hook sets, would send git to another repository.
 */
const ENVIRONMENT = [
  'GIT_AUTHOR_NAME',
  'GIT_AUTHOR_EMAIL',
  'GIT_AUTHOR_DATE',
  'GIT_COMMITTER_NAME',
  'GIT_COMMITTER_EMAIL',
  'GIT_COMMITTER_DATE',
  'GIT_CONFIG_GLOBAL',
  'GIT_CONFIG_SYSTEM',
  'GIT_CONFIG_NOSYSTEM',
  'GIT_SSH',
  'GIT_SSH_COMMAND',
  'GIT_SSH_VARIANT',
  'GIT_ASKPASS',
  'SSH_ASKPASS',
  'GIT_TERMINAL_PROMPT',
  'GIT_SSL_CAINFO',
  'GIT_SSL_CAPATH',
  'GIT_SSL_CERT',
  'GIT_SSL_KEY',
];

export const runGit: RunGit = async (place, args, failure = {}) => {
  try {
    if (typeof place === 'string') return await inFolder(place, args);
    const { tree, gitFolder } = place;
    const fixed = [`--git-dir=${gitFolder}`, `--work-tree=${tree}`];
    return await inFolder(tree, [...fixed, ...args]);
  } catch (cause) {
    throw gitFailure(args, messageOf(cause), failure, cause);
  }
};

async function inFolder(directory: string, args: readonly string[]): Promise<string> {
  const host = simulatedHost();
  return host ? host.git(directory, args) : (await client(directory)).raw([...args]);
}

/** A failed call of git as an error: which command it was, and git's own message. */
export function gitFailure(
  args: readonly string[],
  words: string,
  failure: Failure = {},
  cause?: unknown,
): CanaryError {
  const verb = args.find((arg) => /^[a-z-]+$/.test(arg) && !arg.startsWith('-')) ?? '';
  return new CanaryError(
    failure.code ?? 'git-failed',
    failure.message ?? `\`git ${verb}\` failed.`,
    {
      // A message of our own hides which command it was.
      details: [...(failure.message ? [`git ${verb}:`] : []), ...tail(withoutPasswords(words))],
      ...(failure.hint ? { hint: failure.hint } : {}),
      cause,
    },
  );
}

export async function client(
  directory: string,
  options: Partial<SimpleGitOptions> = {},
): Promise<SimpleGit> {
  const { simpleGit } = await import('simple-git');
  return simpleGit({
    baseDir: directory,
    allowEnvironment: ENVIRONMENT,
    // The user's own settings, from the user's own environment.
    unsafe: {
      allowUnsafeSshCommand: true,
      allowUnsafeAskPass: true,
      allowUnsafeHooksPath: true,
      allowUnsafeConfigPaths: true,
    },
    // Its own rule needs output on stderr; a conflict of `git merge` and a silent hook have none.
    errors: (error, { exitCode, stdOut, stdErr }) =>
      error ?? (exitCode === 0 ? undefined : Buffer.concat([...stdOut, ...stdErr])),
    ...options,
  });
}

/** A hook that prepares a user's checkout must not run in canary's. */
export const WITHOUT_HOOKS = ['-c', 'core.hooksPath=/dev/null'];

/**
 * What git prints, in any language, about an entry that another process is just creating, or if the last entry was
 * removed and the folder of all entries with it.
 */
const DISTURBED = /\bworktrees\/[^/\s]+(?:\/commondir\b|\W{0,5}:)/;
const TRIES = 5;

/** Git reads the entries of all worktrees without a lock, and fails if another process changes one: then repeat it. */
export function amongOthers(run: RunGit): RunGit {
  return async (place, args) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return await run(place, args);
      } catch (error) {
        if (tries === TRIES || !isDisturbed(error)) throw error;
      }
    }
  };
}

function isDisturbed(error: unknown): boolean {
  return error instanceof CanaryError && error.details.some((line) => DISTURBED.test(line));
}

/** What git prints, without its last line break; `undefined` if the call fails. */
export function answer(directory: string, args: readonly string[]): Promise<string | undefined> {
  return runGit(directory, args).then(
    (text) => text.replace(/\n$/, ''),
    () => undefined,
  );
}

/** Whether a call of git succeeds. */
export function succeeds(call: Promise<unknown>): Promise<boolean> {
  return call.then(
    () => true,
    () => false,
  );
}

/** The lines of what git printed. */
export function lines(text: string): string[] {
  return text.split('\n').filter(Boolean);
}

/** The entries of what git printed with `-z`. */
export function zeroed(text: string): string[] {
  return text.split('\0').filter(Boolean);
}
