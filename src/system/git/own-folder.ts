import { join } from 'node:path';
import { copyFile, lstat, rename, rm } from '../disk.ts';
import { worktreeOf } from './own-worktree.ts';
import { runGit } from './run.ts';

/**
 * Gives a worktree of canary a git folder of its own, in place of the file that leads to the user's: whatever is built
 * from the tree finds there what it finds in the user's own. Objects are linked, not copied, where the disk allows it,
 * unless a container can write there (`isWritten`): through a link it would write into the user's own.
 * A repository that git cannot copy, such as a shallow one without the commit, leaves the file as it is.
 */
export async function giveOwnFolder(
  repository: string,
  tree: string,
  commit: string,
  { isWritten }: { isWritten: boolean },
): Promise<void> {
  const place = join(tree, '.git');
  if (!(await lstat(place)).isFile()) return;
  // Beside the tree, so that it is removed with it.
  const made = `${tree}.git`;
  try {
    await rm(made, { recursive: true, force: true });
    const worktree = await worktreeOf(repository, tree);
    const clone = ['clone', '--quiet', isWritten ? '--no-hardlinks' : '--local', '--bare'];
    await runGit(repository, [...clone, '--', repository, made]);
    const inMade = (...args: string[]) => runGit(made, ['--git-dir', made, ...args]);
    await inMade('config', 'core.bare', 'false');
    // A path of this machine, which must not be in an image.
    await inMade('config', '--remove-section', 'remote.origin');
    await inMade('update-ref', '--no-deref', 'HEAD', `${commit}^{commit}`);
    // A split index has a second file, whose name is in the first.
    await runGit(worktree, ['-c', 'core.splitIndex=false', 'update-index', '--no-split-index']);
    await copyFile(join(worktree.gitFolder, 'index'), join(made, 'index'));
    await rm(place);
    // Killed here, the tree does not hold its commit, and is made anew.
    await rename(made, place);
  } catch {
    await rm(made, { recursive: true, force: true });
  }
}
