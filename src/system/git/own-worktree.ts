import { join, resolve as resolvePath } from 'node:path';
import { CanaryError } from '../../errors.ts';
import { readdir } from '../disk.ts';
import { readIfExists } from '../files.ts';
import { commonDirectory } from './location.ts';
import type { Worktree } from './run.ts';

/**
 * The git folder that git gave a worktree of canary when it made it. It is found from the repository, never through the
 * worktree's `.git`: a container that mounts the tree can write that, and the settings there name programs.
 */
export async function worktreeOf(repository: string, tree: string): Promise<Worktree> {
  const home = join(await commonDirectory(repository), 'worktrees');
  for (const name of await readdir(home).catch(() => [])) {
    const gitFolder = join(home, name);
    const led = (await readIfExists(join(gitFolder, 'gitdir')))?.trimEnd();
    if (led && resolvePath(gitFolder, led) === join(tree, '.git')) return { tree, gitFolder };
  }
  throw new CanaryError('git-failed', `${tree} is not a worktree of ${repository}.`);
}

/** A submodule in a worktree: git keeps it in the worktree's own git folder, by its name. */
export function submoduleIn(
  { tree, gitFolder }: Worktree,
  { name, path }: { name: string; path: string },
): Worktree {
  return { tree: join(tree, path), gitFolder: join(gitFolder, 'modules', name) };
}
