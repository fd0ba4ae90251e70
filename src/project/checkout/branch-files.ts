import { type BranchFiles, changedFiles, FILE_KINDS } from '../../compose/clone/files.ts';
import { escapeDollars, type Fields } from '../../compose/model/fields.ts';
import type { ComposeModel } from '../../compose/model/model.ts';
import type { WrittenModel } from '../../compose/model/written.ts';
import { byName } from '../../config/values/by-name.ts';
import { isInside, isInTree, type Mirror, ownPath } from './mirror.ts';

interface Sides {
  stable: ComposeModel;
  branch: ComposeModel;
  mirror: Mirror;
}

/**
 * The configs and secrets of the branch that its clones mount instead of the stable's: files in the worktree,
 * contents that the branch changes, and those that only the branch has. A file that git does not track stays the
 * user's.
 */
export async function branchFiles(
  { stable, branch, mirror }: Sides,
  services: readonly string[],
  written: () => Promise<WrittenModel>,
): Promise<BranchFiles> {
  const changed = changedFiles(branch, services, (kind, name, { file, content }) => {
    const known = stable[kind]?.[name];
    if (!known) return true;
    return file === undefined
      ? content !== undefined && content !== known.content
      : isInside(file, mirror.tree);
  });
  const found: Record<string, Record<string, Fields>> = {};
  for (const { kind, name, definition } of changed) {
    const { file, content, environment, external } = definition;
    const isKnown = stable[kind]?.[name] !== undefined;
    const isTracked = file !== undefined && (await isInTree(mirror, file));
    if (isKnown && file !== undefined && !isTracked) continue;
    const place = file === undefined || isTracked ? file : ownPath(mirror, file);
    const fields = {
      ...(place === undefined ? {} : { file: escapeDollars(place) }),
      ...(content === undefined ? {} : { content: (await written())[kind]?.[name]?.content }),
      ...(environment === undefined ? {} : { environment }),
      ...(external ? { external, name: escapeDollars(definition.name ?? name) } : {}),
    };
    found[kind] ??= byName();
    found[kind][name] = fields;
  }
  return Object.fromEntries(
    FILE_KINDS.flatMap((kind) => (found[kind] ? [[kind, found[kind]]] : [])),
  );
}
