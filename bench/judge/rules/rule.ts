import type { UserRequest } from '../../../src/analysis/request.ts';
import type { Minutes } from '../windows.ts';

/** A rule that decides when a canary is worse. */
export interface Rule {
  /** How often it looks, in milliseconds. */
  everyMs: number;
  /** Whether it takes the canary back, at one of its looks. */
  isWorse(now: number, minutes: Minutes): boolean;
  /** Gets every request, if the rule needs single ones. */
  observe?(request: UserRequest): void;
}
