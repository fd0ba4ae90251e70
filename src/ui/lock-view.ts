import type { LockOwnerStatus, LockRelease, LockStatus } from '../documents/lock.ts';
import type { LockHolder } from '../documents/status.ts';

/** Which command has the lock, for people. */
export function lockStatusText({ holder, isTorn }: LockStatus): string {
  if (isTorn)
    return 'The lock names no command, as after a power cut. The next command removes it.';
  if (!holder) return 'No command has the lock.';
  const { command, isRunning } = holder;
  if (isRunning) return `\`canary ${command}\` is running${factsOf(holder)}.`;
  if (isRunning === false)
    return `\`canary ${command}\` had the lock and is gone${factsOf(holder)}. The next command takes it over.`;
  return [
    `\`canary ${command}\` has the lock${factsOf(holder)}.`,
    'Whether it still runs there cannot be seen from here. If it is gone: `canary lock release`.',
  ].join('\n');
}

/** What `lock release` did, for people. */
export function lockReleaseText({ holder, changed }: LockRelease): string {
  if (!changed) return 'No command has the lock: there is nothing to release.';
  if (!holder) return 'The lock is free. It named no command.';
  const goesOn = holder.isRunning
    ? '\nThat command still runs: do not change the project before it has ended.'
    : '';
  return `The lock is free. \`canary ${holder.command}\` had it${factsOf(holder)}.${goesOn}`;
}

function factsOf(holder: LockOwnerStatus): string {
  return ` (${whoText(holder)}, since ${holder.start})`;
}

/** Whose process on which machine. */
export function whoText({ owner, pid, host }: LockHolder): string {
  return `${owner}, process ${pid} on ${host}`;
}
