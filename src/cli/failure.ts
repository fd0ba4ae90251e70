import type { UsersNow } from '../documents/error.ts';
import { CanaryError, EXIT, messageOf } from '../errors.ts';
import { isDiskProblem } from '../system/files.ts';
import { ciMarks } from '../ui/ci.ts';
import { errorText } from '../ui/error-view.ts';
import { printable } from '../ui/printable.ts';
import type { Theme } from '../ui/theme.ts';
import type { Streams } from './output.ts';

/** The error to tell, for what a command threw; `signal`: the one that stops the command. */
export function failureOf(thrown: unknown, signal: AbortSignal): unknown {
  // The reason for the stop says more than the error a library throws when it is stopped.
  const reason = signal.aborted && !(thrown instanceof CanaryError) ? signal.reason : thrown;
  return isUnwritable(reason) ? diskFull(reason) : ofSystem(reason);
}

/**
 * Whether whoever reads only this error, at night, knows what to type next. A wrong command or file moved nobody. A
 * command in the message is one that did something: `Stopped by ...`.
 */
function saysWayOn(error: unknown): boolean {
  if (!(error instanceof CanaryError)) return false;
  const { exitCode, hint = '', details } = error;
  return exitCode === EXIT.usage || [hint, ...details].some((each) => each.includes('`canary '));
}

/** Commands that may have moved users before they failed. */
const MOVE_USERS: readonly string[] = [
  ...['up', 'down', 'deploy', 'weight', 'pause', 'resume', 'promote', 'abort', 'revert'],
];

/** Whether a command may have moved users before this error ended it: a wrong one has not, nor one that had to wait. */
export function mayHaveMoved(command: string, error: unknown): boolean {
  if (!MOVE_USERS.includes(command)) return false;
  if (!(error instanceof CanaryError)) return true;
  return error.exitCode !== EXIT.usage && error.exitCode !== EXIT.lockHeld;
}

/** A broken disk may also be why something cannot be read. */
function isUnwritable(reason: unknown): boolean {
  const isRead = reason instanceof Error && 'syscall' in reason && reason.syscall === 'read';
  return isDiskProblem(reason) && !isRead;
}

function diskFull(cause: unknown): CanaryError {
  return new CanaryError('disk-full', `Nothing can be written: ${messageOf(cause)}.`, {
    hint: 'Make space on the disk; `canary abort` needs none.',
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

const WAY_ON = '  `canary status` shows what runs.';

/** Says on stderr what went wrong, in CI with a mark; and of a command that may have moved users, where they are. */
export function writeError(
  { env, stderr }: Streams,
  error: unknown,
  theme: Theme,
  isVerbose: boolean,
  moved?: { users: UsersNow | undefined },
): void {
  const ci = ciMarks(env);
  const lines = theme.printable(errorText(error, theme, isVerbose)).split('\n');
  const title = error instanceof CanaryError ? `canary: ${error.code}` : 'canary';
  const mark = ci?.annotate('error', title, printable(messageOf(error), false));
  if (moved?.users) lines.push(`  ${moved.users.text}`);
  if (moved && !saysWayOn(error)) lines.push(WAY_ON);
  stderr.write(`${lines.map((line) => ci?.harmless(line) ?? line).join('\n')}\n`);
  if (mark !== undefined) stderr.write(`${mark}\n`);
}
