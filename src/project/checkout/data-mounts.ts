import { relative, resolve } from 'node:path';
import type { ComposeModel, ComposeVolume } from '../../compose/model/model.ts';
import type { Context } from '../../context.ts';

interface Tree {
  commit: string;
  /** The worktree's top folder, and the project's folder inside it. */
  tree: string;
  directory: string;
  model: ComposeModel;
}

/** Bind mounts of the branch whose source git does not track: data, to be taken from the user's own tree. */
export async function findDataMounts(
  { git }: Context,
  project: { repository: string; directory: string },
  { commit, tree, directory, model }: Tree,
  service: string,
): Promise<ComposeVolume[]> {
  const mounts: ComposeVolume[] = [];
  for (const volume of model.services[service]?.volumes ?? []) {
    const { source } = volume;
    if (volume.type !== 'bind' || !source || !isInside(source, tree)) continue;
    // A mount of the whole project is code, whatever else is in the user's own tree.
    if (isInside(directory, source)) continue;
    const path = relative(tree, source);
    const isTracked = await git.tracks(project.repository, commit, path);
    // A folder that also holds untracked files (uploads beside a .gitkeep) is still data.
    const holdsData = !volume.read_only && (await git.hasUntracked(project.repository, path));
    if (isTracked && !holdsData) continue;
    mounts.push({ ...volume, source: resolve(project.directory, relative(directory, source)) });
  }
  return mounts;
}

/** Whether a path is this folder or lies in it. */
export function isInside(path: string, directory: string): boolean {
  return path === directory || path.startsWith(`${directory}/`);
}
