import { type GitBranches, gitBranches } from './branches.ts';
import { type GitCommits, gitCommits } from './commits.ts';
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
 * but `fastForward`, `commitFile` and `unstage`.
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
    GitRepositories {}

export function makeGit(): Git {
  return {
    ...gitLocation(runGit),
    ...gitHistory(runGit),
    ...gitWorktrees(runGit),
    ...gitSubmodules(runGit),
    ...gitBranches(runGit),
    ...gitCommits(runGit),
    ...gitRepositories(runGit),
    ...gitRecords(runGit),
    ...gitRemotes(runGit),
  };
}
