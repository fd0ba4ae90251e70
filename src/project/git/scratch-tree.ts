import { mkdir, mkdtemp, readdir } from 'node:fs/promises';
import { hostname } from 'node:os';
import { join } from 'node:path';
import type { Context } from '../../context.ts';
import type { Git } from '../../system/git/git.ts';
import { isRunning, ownIdentity } from '../../system/state/process-identity.ts';

/**
 * A worktree for one piece of git work, removed whatever happens. It is inside of the git folder, so that the
 * user's tree is not touched and a bare repository will do.
 */
export async function withScratchTree<T>(
  { git }: Pick<Context, 'git'>,
  { repository }: { repository: string },
  commit: string,
  work: (tree: string) => Promise<T>,
): Promise<T> {
  const scratch = join(await git.commonDirectory(repository), 'canary', 'scratch');
  await mkdir(scratch, { recursive: true });
  await sweep(git, repository, scratch);
  const { pid, processStart } = await ownIdentity();
  // Git names its entry after this folder. A name that came again could be taken for one that was just removed.
  const tree = await mkdtemp(join(scratch, `${hostname()}-${pid}-${processStart}-`));
  try {
    await git.addWorktree(repository, tree, commit);
    return await work(tree);
  } finally {
    await git.removeWorktree(repository, tree);
  }
}

/** Removes what killed processes of this host left; nobody here can tell about those of another. */
async function sweep(git: Git, repository: string, scratch: string): Promise<void> {
  for (const name of await readdir(scratch)) {
    const [, host, pid, processStart = ''] = /^(.+)-(\d+)-(\d*)-\w+$/.exec(name) ?? [];
    if (host !== hostname() || (await isRunning({ pid: Number(pid), processStart }))) continue;
    await git.removeWorktree(repository, join(scratch, name));
  }
  await git.forgetMissing(repository, scratch);
}
