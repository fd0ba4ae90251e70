import type { Replaced } from '../compose/clone/throw-away.ts';
import { runningStable } from './originals.ts';
import { copySqliteFiles, type SharedFolder, type SqliteCopy } from './sqlite/sqlite.ts';
import type { Stage } from './stage.ts';

/** Copies the SQLite databases in folders that canary and stable share to the canary's containers, not yet started. */
export async function copySharedFiles(
  stage: Stage,
  canaries: readonly { service: string; replaced: readonly Replaced[] }[],
  onBytes: (total: number) => void,
): Promise<SqliteCopy[]> {
  const { context, project, signal } = stage.run;
  const containers = await context.engine.containers(project.name);
  const folders: SharedFolder[] = [];
  for (const { service, replaced } of canaries)
    for (const { name, target } of replaced) {
      // Several services may mount the same folder.
      if (folders.some((each) => each.name === name)) continue;
      const mount = project.model.services[service]?.volumes?.find(({ source }) => source === name);
      const original = runningStable(containers, service);
      if (!mount || !original) continue;
      folders.push({
        name,
        original: { container: original.id, path: mount.target },
        copy: { container: await stage.idOf(service), path: target },
      });
    }
  const onUnread = (name: string) =>
    context.emit({
      type: 'warning',
      text: `\`${name}\` is too large to be searched for databases; only its first gigabyte was.`,
    });
  return copySqliteFiles(context.streams, folders, { signal, onBytes, onUnread });
}
