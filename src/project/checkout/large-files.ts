import { join } from 'node:path';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import { exists } from '../../system/files.ts';

/** How many files an error names. */
const NAMED = 5;

/**
 * Images would be built with pointers in place of large files. Throws `large-files-missing`, unless `own`, the user's
 * working tree, has the same pointers: then the stable is built with them too.
 */
export async function requireLargeFiles(
  { git }: Pick<Context, 'git'>,
  tree: Parameters<Context['git']['pointersIn']>[0],
  own?: string,
): Promise<void> {
  const missing: string[] = [];
  for (const path of await git.pointersIn(tree)) {
    const isOwn = own !== undefined && (await exists(join(own, path)));
    if (!isOwn || !(await git.isPointer(join(own, path)))) missing.push(path);
  }
  if (missing.length === 0) return;
  const more = missing.length - NAMED;
  throw new CanaryError(
    'large-files-missing',
    `git has only pointers of ${missing.length} large files (Git LFS), and images would be built with them.`,
    {
      details: [...missing.slice(0, NAMED), ...(more > 0 ? [`and ${more} more`] : [])],
      hint: 'Install git-lfs on this machine, run `git lfs install` and `git lfs fetch` in the repository, then try again.',
    },
  );
}
