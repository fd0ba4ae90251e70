import { exists } from '../../system/files.ts';
import type { Context } from '../context.ts';
import type { Project } from '../project/project.ts';
import { sharedDataOf } from './agreement.ts';
import { runningOriginals } from './originals.ts';
import { SERVERS } from './servers.ts';
import { strike } from './stage.ts';

/** Removes what a rehearsal that was killed left, and ends what it left at work in the databases themselves. */
export async function clearRehearsal(context: Context, project: Project): Promise<void> {
  // Written before anything is made, and the last to go.
  if (!(await exists(project.layout.rehearsal))) return;
  const { databases } = await sharedDataOf(project);
  const { signal } = new AbortController();
  // In a server that is down nothing of ours is at work.
  for (const { server, place } of await runningOriginals(context, project, databases, signal))
    await SERVERS[server].server.clear(place);
  await strike(context, project);
}
