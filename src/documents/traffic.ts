import type { AbComparison } from '../rollout/ab-comparison.ts';
import type { ReleaseState } from '../rollout/events.ts';
import type { Side } from '../rollout/operation.ts';
import type { ImageSource, ReleasedImage } from '../rollout/source.ts';
import type { ReleaseVerdict } from '../rollout/verdict.ts';
import type { EntryAddress } from './status.ts';

/** The state of a release after a command. */
export interface Arrival {
  state: ReleaseState;
  /** The reason for its state, in one sentence. */
  reason: string;
  /** The share of users that its canary gets, in percent. */
  weight: number;
  /** The current step of canary.yaml, from 1; absent if it has no steps. */
  step?: number;
  steps?: number;
  /** The result of its A/B test, once the test is over. */
  comparison?: AbComparison;
}

/** The canary after `deploy`. */
export interface DeployResult extends Arrival {
  release: string;
  /** The branch; empty for images that were built elsewhere. */
  branch: string;
  /** The commit; for images, a digest of what they are. */
  commit: string;
  /** The images, if they were built elsewhere; `null` for a branch. */
  source: ImageSource | null;
  entries: EntryAddress[];
}

/** The stable is what was asked for already, or it was taken back before. */
export interface NothingNew {
  release: null;
}

/** The canary after `resume`. */
export interface ResumeResult extends Arrival {
  release: string;
  /** False if nothing was paused. */
  changed: boolean;
}

/** The release after `pause`. */
export interface PauseResult {
  release: string;
  /** The share of users that `resume` gives back, in percent. */
  weight: number;
  changed: boolean;
}

/** The canary's share of users after `weight`. */
export interface WeightResult {
  release: string;
  /** The share of users on the canary, in percent. */
  weight: number;
}

/** The state of the release when `wait` ended. */
export interface WaitResult {
  release: string;
  state: ReleaseState;
  /** The reason for its state, in one sentence. */
  reason: string;
  verdict: ReleaseVerdict | null;
  /** Whether the breaker or its age limit keeps users away from the canary. */
  isOut?: boolean;
}

/** The stable after a promotion. */
export interface PromoteResult {
  release: string;
  /** The stable's branch. */
  branch: string;
  /** The commit that the stable runs now; for images, a digest of what they are. */
  commit: string;
  /** The images, if they were built elsewhere; `null` for a branch. */
  source: ImageSource | null;
  /** Changes to a shared database that remain and that the stable now uses, one sentence each. */
  databaseChanges: string[];
}

/** What `abort` removed. */
export interface AbortResult {
  /** `null` if there was no release. */
  release: string | null;
  changed: boolean;
  /** Changes to a shared database that remain, one sentence each. */
  databaseChanges: string[];
}

/** What `revert` rolled back. */
export interface RevertResult {
  /** `null` if there was nothing to roll back. */
  release: string | null;
  /** What it rolled back: a canary, or the stable after a promotion. */
  side: Side | null;
  /** The revert commit; `null` if none was needed. */
  commit: string | null;
  /** The images that the stable runs again, if it was a release of images that was taken back from it. */
  images?: readonly ReleasedImage[];
  /** If nothing was taken back: the release that the stable runs, which `revert RELEASE` takes back. */
  inStable?: { release: string; subject: string };
  /** Changes to a shared database that remain, one sentence each. */
  databaseChanges: string[];
}
