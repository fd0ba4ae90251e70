/** A branch made from the stable one. */
export interface BranchResult {
  branch: string;
  commit: string;
  /** False where it was there already. */
  created: boolean;
}

/** Patches that were committed to a branch. */
export interface ApplyResult {
  branch: string;
  /** Where the branch is now. */
  commit: string;
  /** The patches that were applied; not those that the branch had already. */
  applied: readonly string[];
}

/** A branch at a remote. */
export interface PushResult {
  remote: string;
  branch: string;
  commit: string;
  /** False when the remote had it already. */
  changed: boolean;
}

/** A repository that deploys what is pushed to it. */
export interface DeployTarget {
  /** Where its refs and hooks are. */
  repository: string;
  /** Production's working tree. */
  directory: string;
  /** The compose project's folder inside of it, empty where that is its top. */
  project: string;
}

/** The same, as a remote of this repository. */
export interface RemoteAddResult extends DeployTarget {
  /** The name of the remote. */
  name: string;
  url: string;
  /** The branch to push for the stable. */
  stable: string;
  /** The branch to push for the canary. */
  canary: string;
}
