import type { Forecast } from '../rollout/forecast.ts';
import type { Operation } from '../rollout/operation.ts';
import type { ImageSource } from '../rollout/source.ts';

/** What `up` would do and why; with a branch or images, what `up` and `deploy` would do. */
export interface PlanDocument {
  version: 1;
  project: string;
  /** `null` if only `up` is planned; empty for images that were built elsewhere. */
  branch: string | null;
  /** The commit; for images, a digest of what they are. */
  commit: string | null;
  /** The images, if they were built elsewhere; else `null`. */
  source: ImageSource | null;
  operations: PlannedOperation[];
  /** The steps in canary.yaml, one sentence each. */
  steps: string[];
  /** What the release will probably take; `null` if no users are to come. */
  forecast: Forecast | null;
  /** Folders and files on this machine that clones mount. */
  mounts: Mount[];
  /** What an operator should know beforehand, one sentence each. */
  notes: string[];
}

/** An operation, its cause, and its description as a sentence. */
export type PlannedOperation = Operation & { text: string };

/** A folder or file on this machine that a clone mounts. */
export interface Mount {
  service: string;
  source: string;
  target: string;
  /**
   * `branch`: code, and the clone has the branch's version; `stable`: data, shared with the stable;
   * `machine`: outside of the repository, shared too.
   */
  from: 'branch' | 'stable' | 'machine';
  /** The reason, as the end of a sentence. */
  why: string;
  /** Files in it that the branch changes, although the clone uses the stable's. */
  untried: string[];
}
