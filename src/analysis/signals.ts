import type { UserRequest } from './request.ts';

/** What can be worse on a side; each is one yes or no a request. */
export const SIGNALS = ['failed', 'slow', 'refused', 'size'] as const;
export type Signal = (typeof SIGNALS)[number];

/**
 * How many times as often a signal may show on the canary until it is worse by that. Users notice every failure; that a
 * fresh container is a little slower, or its answers a little longer, is no reason to take it back.
 */
export const TOLERANCE: Record<Signal, number> = { failed: 1, slow: 2, refused: 1.5, size: 2 };

/** What is usual on the stable, fixed before the canary is compared by it. */
export interface Usual {
  /** Milliseconds that few answers take longer than. */
  slow: number;
  /** Bytes between which nearly all answers are. */
  smallest: number;
  largest: number;
}

/** Whether a request shows a signal; `undefined` where it cannot tell. */
export function shows(
  signal: Signal,
  request: UserRequest,
  usual: Usual | undefined,
): boolean | undefined {
  const { status, failed, duration, bytes } = request;
  switch (signal) {
    case 'failed':
      return failed;
    case 'refused':
      return status >= 400 && status < 500;
    case 'slow':
      // A failure that comes quickly is no fast answer.
      return !usual || failed || duration === undefined ? undefined : duration > usual.slow;
    case 'size':
      return !usual || failed || status !== 200 || bytes === undefined
        ? undefined
        : bytes < usual.smallest || bytes > usual.largest;
  }
}
