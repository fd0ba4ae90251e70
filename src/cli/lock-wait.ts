import type { Context } from '../context.ts';
import { hasCode } from '../errors.ts';
import { deadline } from '../system/clock.ts';

const LOOK_EVERY_MS = 250;

/**
 * Does `action`. If another command has the lock, waits for it, at most `patience` milliseconds in all, and then begins
 * from the start: what was read before may have changed. An action that is refused the lock has changed nothing.
 */
export async function patiently<T>(
  context: Context,
  patience: number | undefined,
  action: () => Promise<T>,
): Promise<T> {
  if (patience === undefined) return action();
  const late = deadline(context.clock, patience);
  try {
    for (;;) {
      try {
        return await action();
      } catch (error) {
        if (!hasCode(error, 'lock-held') || late.signal.aborted) throw error;
        if (!(await untilFree(context, late.signal))) throw error;
      }
    }
  } finally {
    late.end();
  }
}

/** Waits until no command has the lock; `false` if it is too late then. Says who has it. */
async function untilFree(context: Context, late: AbortSignal): Promise<boolean> {
  const { clock, emit, signal } = context;
  // Only then, for most commands never wait.
  const { findState } = await import('../project/load.ts');
  const { lock } = await findState(context);
  let told: string | undefined;
  while (!late.aborted) {
    const holder = await lock.holder();
    if (holder && holder.token !== told) {
      const { command, owner, pid } = holder;
      emit({
        type: 'notice',
        text: `Waiting for \`canary ${command}\` of ${owner} (process ${pid}) to end.`,
      });
      told = holder.token;
    }
    await clock.sleep(LOOK_EVERY_MS, AbortSignal.any([signal, late])).catch(() => undefined);
    signal.throwIfAborted();
    if (!holder) return true;
  }
  return false;
}
