/** A branch created from the stable branch. */
export interface BranchResult {
  branch: string;
  commit: string;
  /** False if the branch already existed. */
  created: boolean;
}

/** Patches that were committed to a branch. */
export interface ApplyResult {
  branch: string;
  /** The commit the branch points to now. */
  commit: string;
  /** The patches that were applied, without those the branch already contained. */
  applied: readonly string[];
}

/** A branch pushed to a remote. */
export interface PushResult {
  remote: string;
  branch: string;
  commit: string;
  /** False if the remote already had it. */
  changed: boolean;
}

/** A repository that deploys what is pushed to it. */
export interface DeployTarget {
  /** The path of the repository with its refs and hooks. */
  repository: string;
  /** The path of production's working tree. */
  directory: string;
  /** The compose project's folder inside the working tree; empty if it is the top folder. */
  project: string;
}

/** A repository that deploys what is pushed to it, as a remote of this repository. */
export interface RemoteAddResult extends DeployTarget {
  /** The name of the remote. */
  name: string;
  url: string;
  /** The branch to push for the stable. */
  stable: string;
  /** The branch to push for the canary. */
  canary: string;
}
