import { layoutSuite } from '../../support/layout-suite.ts';

// The others are in the long ring.
layoutSuite([
  'a tree with staged, unstaged, untracked and stashed work',
  'a submodule that git commands recurse into',
  'a worktree of a bare repository',
  'a path with spaces and letters of every kind',
]);
