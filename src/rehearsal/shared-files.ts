import { rehearsalName } from '../compose/model/names.ts';
import { containersOf } from '../rollout/observed.ts';
import type { Rehearsed } from './participants.ts';
import type { RehearsalRun } from './rehearsal-run.ts';
import { copySqliteFiles, type SharedFolder, type SqliteCopy } from './sqlite/sqlite.ts';
import type { Stage } from './stage.ts';

/** Copies the SQLite databases in folders that canary and stable share into the canary's, which are created and not started. */
export async function copySharedFiles(
  { context, project, signal }: RehearsalRun,
  stage: Stage,
  folders: Rehearsed['folders'],
  onBytes: (total: number) => void,
): Promise<SqliteCopy[]> {
  const containers = await context.engine.containers(project.name);
  const shared: SharedFolder[] = [];
  for (const { service, name, target } of folders) {
    // Several may mount the same one.
    if (shared.some((each) => each.name === name)) continue;
    const mount = project.model.services[service]?.volumes?.find(({ source }) => source === name);
    const original = containersOf({ containers }, 'stable', service).find(
      ({ state }) => state === 'running',
    );
    if (!mount || !original) continue;
    const copy = await stage.container(rehearsalName(service));
    shared.push({
      name,
      original: { container: original.id, path: mount.target },
      copy: { container: copy.id, path: target },
    });
  }
  const onUnread = (name: string) =>
    context.emit({
      type: 'warning',
      text: `\`${name}\` is too large to be searched for databases; only its first gigabyte was.`,
    });
  return copySqliteFiles(context.streams, shared, { signal, onBytes, onUnread });
}
