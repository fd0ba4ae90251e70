import * as branches from './branches.ts';
import * as commits from './commits.ts';
import * as firstCheckout from './first-checkout.ts';
import * as history from './history.ts';
import * as location from './location.ts';
import * as ownFolder from './own-folder.ts';
import * as ownWorktree from './own-worktree.ts';
import * as pointers from './pointers.ts';
import * as records from './records.ts';
import * as remotes from './remotes.ts';
import * as repositories from './repositories.ts';
import * as submodules from './submodules.ts';
import * as worktrees from './worktrees.ts';

/**
 * Reading and writing one repository, through simple-git. Nothing here touches the user's tree, index or HEAD
 * except `fastForward`, `commitFile` and `unstage`, and what works on production's tree: `checkOutAround`, `attach`,
 * `moveTree`.
 */
export const git = {
  ...location,
  ...history,
  ...branches,
  ...commits,
  ...worktrees,
  ...ownFolder,
  ...ownWorktree,
  ...firstCheckout,
  ...submodules,
  ...pointers,
  ...records,
  ...remotes,
  ...repositories,
};
