import type { AbComparison } from '../rollout/ab-comparison.ts';
import type { ReleaseState } from '../rollout/events.ts';
import type { Side } from '../rollout/operation.ts';
import type { ReleaseVerdict } from '../rollout/verdict.ts';
import type { EntryAddress } from './status.ts';

/** Where a command leaves a release. */
export interface Arrival {
  state: ReleaseState;
  /** Why it is in that state, one sentence. */
  reason: string;
  /** The share of users that its canary is given, in percent. */
  weight: number;
  /** The step of canary.yaml that is in force, from 1; absent where it has no steps. */
  step?: number;
  steps?: number;
  /** What its A/B test came to, once that is over. */
  comparison?: AbComparison;
}

/** The canary that a deploy leaves behind. */
export interface DeployResult extends Arrival {
  release: string;
  branch: string;
  commit: string;
  entries: EntryAddress[];
}

/** The canary after `resume`. */
export interface ResumeResult extends Arrival {
  release: string;
  /** False where nothing was paused. */
  changed: boolean;
}

/** The users after `pause`. */
export interface PauseResult {
  release: string;
  /** The share of users that `resume` gives back, in percent. */
  weight: number;
  changed: boolean;
}

/** The share of users the canary has now. */
export interface WeightResult {
  release: string;
  /** In percent. */
  weight: number;
}

/** The state that `wait` waited for, or found. */
export interface WaitResult {
  release: string;
  state: ReleaseState;
  /** Why it is in that state, one sentence. */
  reason: string;
  verdict: ReleaseVerdict | null;
  /** The breaker or its age limit keeps the users from it. */
  isOut?: boolean;
}

/** The stable after a promotion. */
export interface PromoteResult {
  release: string;
  /** The stable's branch. */
  branch: string;
  /** What the stable runs now. */
  commit: string;
  /** Changes of a shared database that the stable now lives with, one sentence each. */
  databaseChanges: string[];
}

/** What `abort` took away. */
export interface AbortResult {
  /** `null` where there was no release. */
  release: string | null;
  changed: boolean;
  /** Changes of a shared database that stay, one sentence each. */
  databaseChanges: string[];
}

/** What `revert` took back. */
export interface RevertResult {
  /** `null` where nothing was there to take back. */
  release: string | null;
  /** What it took back: a canary, or the stable after a promotion. */
  side: Side | null;
  /** The revert commit, where one was needed. */
  commit: string | null;
  /** The canary runs the branch as it is now, without users. */
  redeployed: boolean;
  /** Changes of a shared database that stay, one sentence each. */
  databaseChanges: string[];
}
