import { type GitBranches, gitBranches } from './branches.ts';
import { type GitCommits, gitCommits } from './commits.ts';
import { type GitFirstCheckout, gitFirstCheckout } from './first-checkout.ts';
import { type GitHistory, gitHistory } from './history.ts';
import { type GitLocation, gitLocation } from './location.ts';
import { type GitRecords, gitRecords } from './records.ts';
import { type GitRemotes, gitRemotes } from './remotes.ts';
import { type GitRepositories, gitRepositories } from './repositories.ts';
import { runGit } from './run.ts';
import { type GitSubmodules, gitSubmodules } from './submodules.ts';
import { type GitWorktrees, gitWorktrees } from './worktrees.ts';

/**
 * Reading and writing one repository, through simple-git. Nothing here touches the user's tree, index or HEAD
 * but `fastForward`, `commitFile` and `unstage`, and what works on production's tree: `checkOutAround`, `attach`,
 * `moveTree`.
 */
export interface Git
  extends GitLocation,
    GitHistory,
    GitWorktrees,
    GitSubmodules,
    GitBranches,
    GitCommits,
    GitRecords,
    GitRemotes,
    GitRepositories,
    GitFirstCheckout {}

export function makeGit(): Git {
  return {
    ...gitLocation(runGit),
    ...gitHistory(runGit),
    ...gitWorktrees(runGit),
    ...gitSubmodules(runGit),
    ...gitBranches(runGit),
    ...gitCommits(runGit),
    ...gitRepositories(runGit),
    ...gitFirstCheckout(runGit),
    ...gitRecords(runGit),
    ...gitRemotes(runGit),
  };
}
