import { join, relative } from 'node:path';
import { type BranchFiles, changedFiles, FILE_KINDS } from '../../compose/clone/files.ts';
import { escapeDollars, type Fields } from '../../compose/model/fields.ts';
import type { ComposeModel } from '../../compose/model/model.ts';
import type { WrittenModel } from '../../compose/model/written.ts';
import { exists } from '../../system/files.ts';
import { isInside } from './data-mounts.ts';

interface Sides {
  stable: ComposeModel;
  branch: ComposeModel;
  /** The worktree's top folder, and its repository. */
  tree: string;
  repository: string;
}

/**
 * The configs and secrets of the branch that its clones mount instead of the stable's: files in the worktree,
 * contents that the branch changes, and those that only the branch has. A file that git does not track stays the
 * user's.
 */
export async function branchFiles(
  { stable, branch, tree, repository }: Sides,
  services: readonly string[],
  written: () => Promise<WrittenModel>,
): Promise<BranchFiles> {
  const changed = changedFiles(branch, services, (kind, name, { file, content }) => {
    const known = stable[kind]?.[name];
    if (!known) return true;
    return file === undefined
      ? content !== undefined && content !== known.content
      : isInside(file, tree);
  });
  const found: Record<string, Record<string, Fields>> = {};
  for (const { kind, name, definition } of changed) {
    const { file, content, environment, external } = definition;
    const isKnown = stable[kind]?.[name] !== undefined;
    const isTracked = file !== undefined && isInside(file, tree) && (await exists(file));
    if (isKnown && file !== undefined && !isTracked) continue;
    const own = (path: string) =>
      isTracked || !isInside(path, tree) ? path : join(repository, relative(tree, path));
    const fields = {
      ...(file === undefined ? {} : { file: escapeDollars(own(file)) }),
      ...(content === undefined ? {} : { content: (await written())[kind]?.[name]?.content }),
      ...(environment === undefined ? {} : { environment }),
      ...(external ? { external, name: escapeDollars(definition.name ?? name) } : {}),
    };
    found[kind] = { ...found[kind], [name]: fields };
  }
  return Object.fromEntries(
    FILE_KINDS.flatMap((kind) => (found[kind] ? [[kind, found[kind]]] : [])),
  );
}
