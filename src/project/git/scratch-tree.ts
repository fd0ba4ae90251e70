import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { mkdir } from '../../system/disk.ts';
import { makeProcessFolder } from '../../system/state/process-identity.ts';

/**
 * A worktree for one git task, removed whatever happens. It is inside the git folder, so that the
 * user's tree is not touched and a bare repository is enough.
 */
export async function withScratchTree<T>(
  { git }: Pick<Context, 'git'>,
  { repository }: { repository: string },
  commit: string,
  work: (tree: string) => Promise<T>,
): Promise<T> {
  const scratch = join(await git.commonDirectory(repository), 'canary', 'scratch');
  await mkdir(scratch, { recursive: true, mode: 0o700 });
  // Git names its entry after this folder. A reused name could be mistaken for one that was just removed.
  const remove = (path: string) => git.removeWorktree(repository, path);
  const tree = await makeProcessFolder(scratch, '', remove);
  try {
    await git.forgetMissing(repository, scratch);
    await git.addWorktree(repository, tree, commit);
    return await work(tree);
  } finally {
    await remove(tree);
  }
}
