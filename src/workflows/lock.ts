import type { Context } from '../context.ts';
import type { LockOwnerStatus, LockRelease, LockStatus } from '../documents/lock.ts';
import { CanaryError } from '../errors.ts';
import { findState } from '../project/load.ts';
import type { FoundLock } from '../system/state/lock.ts';

/** Which command has the lock of the project. Changes nothing, and needs no engine. */
export async function lockStatus(context: Context): Promise<LockStatus> {
  const { lock } = await findState(context);
  const found = await lock.look();
  return { version: 1, holder: holderOf(found), isTorn: found !== undefined && !found.owner };
}

/**
 * Takes the lock away from the command that has it. Throws `lock-held` if that one still runs on this host, unless it
 * is forced. A command on another host cannot be looked at: whoever asks for this knows that it is gone.
 */
export async function releaseLock(
  context: Context,
  { isForced }: { isForced: boolean },
): Promise<LockRelease> {
  const { lock } = await findState(context);
  const found = await lock.look();
  const holder = holderOf(found);
  if (!found) return { version: 1, holder, changed: false };
  if (holder?.isRunning && !isForced) throw stillRuns(holder);
  return { version: 1, holder, changed: await lock.breakOpen(found) };
}

function holderOf(found: FoundLock | undefined): LockOwnerStatus | null {
  if (!found?.owner) return null;
  const { command, owner, pid, host, start } = found.owner;
  return { command, owner, pid, host, start, isRunning: found.isRunning ?? null };
}

function stillRuns({ command, owner, pid, start }: LockOwnerStatus): CanaryError {
  return new CanaryError(
    'lock-held',
    `\`canary ${command}\` still runs (${owner}, process ${pid} on this host, since ${start}), so it keeps the lock.`,
    {
      hint: 'Wait for it with `--lock-wait 10m` on your command, or stop it: Ctrl-C where it runs; `canary pause` stops a deploy that goes through its steps. With `--force` both would change the project at once.',
    },
  );
}
