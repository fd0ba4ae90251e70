import { type BranchFiles, changedFiles, FILE_KINDS } from '../../compose/clone/files.ts';
import { escapeDollars, type Fields } from '../../compose/fields.ts';
import type { ComposeModel } from '../../compose/model.ts';
import type { WrittenModel } from '../../system/compose.ts';
import { exists } from '../../system/files.ts';
import { isInside } from './data-mounts.ts';

/**
 * The configs and secrets of the branch that its clones mount in place of the stable's: files that the worktree has, and
 * contents that the branch says otherwise. A file that git does not track stays the stable's.
 */
export async function branchFiles(
  stable: ComposeModel,
  branch: ComposeModel,
  tree: string,
  services: readonly string[],
  written: () => Promise<WrittenModel>,
): Promise<BranchFiles> {
  const changed = changedFiles(branch, services, (kind, name, { file, content }) =>
    file === undefined
      ? content !== undefined && content !== stable[kind]?.[name]?.content
      : isInside(file, tree),
  );
  const found: Record<string, Record<string, Fields>> = {};
  for (const { kind, name, definition } of changed) {
    const { file } = definition;
    if (file !== undefined && !(await exists(file))) continue;
    const content = file === undefined ? (await written())[kind]?.[name]?.content : undefined;
    const fields = file === undefined ? { content } : { file: escapeDollars(file) };
    found[kind] = { ...found[kind], [name]: fields };
  }
  return Object.fromEntries(
    FILE_KINDS.flatMap((kind) => (found[kind] ? [[kind, found[kind]]] : [])),
  );
}
