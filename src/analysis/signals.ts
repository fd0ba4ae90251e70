import type { UserRequest } from './request.ts';

/** What can be worse on one side; each signal is a yes or no per request. */
export const SIGNALS = ['failed', 'slow', 'refused', 'size'] as const;
export type Signal = (typeof SIGNALS)[number];

/**
 * The canary is worse only if a signal shows more than this many times as often. Users notice every
 * failure; but a fresh container that is a little slower, or slightly longer responses, are no
 * reason to roll back.
 */
export const TOLERANCE: Record<Signal, number> = { failed: 1, slow: 2, refused: 1.5, size: 2 };

/** What is usual on the stable; fixed before the canary is compared with it. */
export interface Usual {
  /** Few responses take longer than this, in milliseconds. */
  slow: number;
  /** Nearly all responses are between these two sizes, in bytes. */
  smallest: number;
  largest: number;
}

/** Whether a request shows a signal; `undefined` if it cannot be known from this request. */
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
      // A quick failure is not a fast response.
      return !usual || failed || duration === undefined ? undefined : duration > usual.slow;
    case 'size':
      return !usual || failed || status !== 200 || bytes === undefined
        ? undefined
        : bytes < usual.smallest || bytes > usual.largest;
  }
}
