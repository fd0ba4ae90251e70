import { join, relative } from 'node:path';
import { envValue, setEnvLine } from '../../compose/images/env-line.ts';
import { namesImage, setImage } from '../../compose/images/image-text.ts';
import type { WantedImages } from '../../compose/images/wanted.ts';
import { ownValue } from '../../config/values/by-name.ts';
import type { Context } from '../../context.ts';
import { CanaryError } from '../../errors.ts';
import { branchRef } from '../../git/branch-name.ts';
import { describeImages, type ReleasedImage } from '../../rollout/source.ts';
import { lstat, writeFile } from '../../system/disk.ts';
import { withScratchTree } from '../git/scratch-tree.ts';
import type { Project } from '../load.ts';
import type { FoundImages } from './find-images.ts';

/** Images as a commit of the canary branch. */
export interface CommittedImages {
  branch: string;
  /** On top of the branch, which is not moved yet; or where it is, if it says so already. */
  commit: string;
  /** Where the branch is; `undefined` if there is none. */
  from: string | undefined;
  /** The images that it names and the stable does not run. */
  pulled: readonly ReleasedImage[];
}

/**
 * Makes the commit in which the tracked files name the wanted images, on top of the stable or of the canary branch, and
 * moves no branch. `undefined` if git does not keep every line that says which images run. Throws `branch-ahead` if the canary branch
 * has other work, which nobody asked to release.
 */
export async function commitImages(
  context: Context,
  project: Project,
  { source, wanted }: FoundImages,
): Promise<CommittedImages | undefined> {
  if (!project.isInGit) return undefined;
  const { git } = context;
  const { repository, config } = project;
  const { stable, canary: branch } = config.git;
  const top = await git.resolve(repository, branchRef(stable));
  if (top === undefined) return undefined;
  const changes = await changesOf(context, project, wanted, top);
  if (changes === undefined || changes.size === 0) return undefined;
  const message = `Release ${describeImages(source)}`;
  const pulled = source.images.filter(({ isSame }) => !isSame);
  const onStable = await withScratchTree(context, project, top, (tree) =>
    write(context, tree, changes, message),
  );
  const from = await git.resolve(repository, branchRef(branch));
  if (from === undefined || (await git.isAncestor(repository, from, top)))
    return { branch, commit: onStable, from, pulled };
  const onBranch = await withScratchTree(context, project, from, async (tree) => {
    if (!(await git.isAncestor(repository, top, from))) {
      const text = `Merge branch '${stable}' into ${branch}`;
      if ((await git.merge(tree, top, text)).length > 0) throw hasOtherWork(branch, stable);
    }
    return write(context, tree, changes, message);
  });
  if (!(await git.sameTree(repository, onBranch, onStable))) throw hasOtherWork(branch, stable);
  return { branch, commit: onBranch, from, pulled };
}

/** The texts of the files that change, by path in the repository; `undefined` if one of the wishes is in none. */
async function changesOf(
  { git, env }: Context,
  { repository, directory, files, scope }: Project,
  { variables, named }: WantedImages,
  commit: string,
): Promise<Map<string, string> | undefined> {
  const before = new Map<string, string>();
  const after = new Map<string, string>();
  const textOf = async (file: string) => {
    const path = relative(repository, file);
    const known = after.get(path) ?? before.get(path);
    const text =
      known ?? (path.startsWith('..') ? undefined : await git.fileAt(repository, commit, path));
    if (text !== undefined && known === undefined) before.set(path, text);
    return { path, text };
  };
  for (const [name, value] of Object.entries(variables)) {
    // Other sources of variables come before the file.
    if (ownValue(env, name) !== undefined || (scope.envFiles ?? []).length > 0) return undefined;
    const { path, text = '' } = await textOf(join(directory, '.env'));
    if (envValue(text, name) === undefined) return undefined;
    const changed = setEnvLine(text, name, value);
    if (changed === undefined) return undefined;
    after.set(path, changed);
  }
  for (const [service, image] of Object.entries(named)) {
    const texts = await Promise.all(files.map(textOf));
    // The last file counts.
    const last = texts.findLast(({ text }) => text === undefined || namesImage(text, service));
    const changed = last?.text === undefined ? undefined : setImage(last.text, service, image);
    if (last === undefined || changed === undefined) return undefined;
    after.set(last.path, changed);
  }
  return new Map([...after].filter(([path, text]) => text !== before.get(path)));
}

/** Commits files in a tree; the commit that it has already if they are the same there. */
async function write(
  { git }: Context,
  tree: string,
  changes: ReadonlyMap<string, string>,
  message: string,
): Promise<string> {
  for (const [path, text] of changes) {
    const file = join(tree, path);
    // Of a link, git has the name that it leads to.
    if ((await lstat(file)).isSymbolicLink())
      throw new CanaryError('internal', `${path} is a link.`);
    await writeFile(file, text);
  }
  await git.stage(tree, [...changes.keys()]);
  if (await git.hasStaged(tree)) return git.commit(tree, message);
  const head = await git.resolve(tree, 'HEAD');
  if (head) return head;
  throw new CanaryError('internal', 'The worktree has no commit.');
}

function hasOtherWork(branch: string, stable: string): CanaryError {
  return new CanaryError(
    'branch-ahead',
    `Branch \`${branch}\` has work that \`${stable}\` has not, and it would be released with the images.`,
    {
      hint: `Release it first (\`canary deploy --branch ${branch}\`), or take it off the branch. Nothing was changed.`,
    },
  );
}
