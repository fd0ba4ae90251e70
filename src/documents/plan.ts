import type { Operation } from '../rollout/operation.ts';

/** What `up`, or with a branch `up` and `deploy`, would do and why. */
export interface PlanDocument {
  version: 1;
  project: string;
  /** `null` where only `up` is planned. */
  branch: string | null;
  commit: string | null;
  operations: PlannedOperation[];
  /** The steps in canary.yaml, one sentence each. */
  steps: string[];
  /** Folders and files of this machine that clones mount. */
  mounts: Mount[];
  /** What an operator should know before, one sentence each. */
  notes: string[];
}

/** An operation, its cause, and both in a sentence. */
export type PlannedOperation = Operation & { text: string };

/** A folder or file of this machine that a clone mounts. */
export interface Mount {
  service: string;
  source: string;
  target: string;
  /** `branch`: git tracks it, the clone has the branch's; `stable`: data, shared with the stable; `machine`: outside the project. */
  from: 'branch' | 'stable' | 'machine';
}
