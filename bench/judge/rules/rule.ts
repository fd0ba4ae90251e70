import type { UserRequest } from '../../../src/analysis/request.ts';
import type { Minutes } from '../windows.ts';

/** Somebody who says when a canary is worse. */
export interface Rule {
  /** How often it looks, in milliseconds. */
  everyMs: number;
  /** Whether it takes the canary back, at one of its looks. */
  isWorse(now: number, minutes: Minutes): boolean;
  /** Takes a request, where it needs single ones. */
  observe?(request: UserRequest): void;
}
