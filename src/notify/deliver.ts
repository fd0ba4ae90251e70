import type { NotifyTarget } from '../config/sections/notify.ts';
import type { Context } from '../context.ts';
import { type Attempt, attempt } from './attempt.ts';
import type { Message } from './message.ts';

const MOST_ATTEMPTS = 6;
const FIRST_WAIT_MS = 1000;
const LONGEST_WAIT_MS = 60_000;
/** A server that wants to be left alone for longer gets no message about a release that has gone on. */
const LONGEST_RETRY_AFTER_MS = 600_000;

/** How telling a target ended, after this many attempts. */
export type Delivery = Attempt & { attempts: number };

/**
 * Tells a target, again and again with longer waits while that may help: first a second, then twice as long each time;
 * or as long as the other side asks for. Never rejects; an abort ends it with what is known by then.
 */
export async function deliver(
  context: Context,
  directory: string,
  target: NotifyTarget,
  message: Message,
  signal: AbortSignal,
): Promise<Delivery> {
  for (let attempts = 1; ; attempts += 1) {
    const end = await attempt(context, directory, target, message, signal);
    const wait = waitAfter(end, attempts);
    if (end.ok || wait === undefined) return { ...end, attempts };
    const slept = await context.clock.sleep(wait, signal).then(
      () => true,
      () => false,
    );
    if (!slept) return { ...end, attempts };
  }
}

function waitAfter({ mayRetry, retryAfter }: Attempt, attempts: number): number | undefined {
  if (!mayRetry || attempts >= MOST_ATTEMPTS) return undefined;
  const backoff = Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (attempts - 1));
  if (retryAfter === undefined) return backoff;
  // At least a little: a server that says 0 is still the one that refused.
  return retryAfter > LONGEST_RETRY_AFTER_MS ? undefined : Math.max(retryAfter, 100);
}
