import type { Context } from '../context.ts';
import type { Project } from '../project/load.ts';
import { exists } from '../system/files.ts';
import { sharedDataOf } from './agreement.ts';
import { clearOriginals, runningOriginals } from './originals.ts';
import { strike } from './stage.ts';

/** Removes what a killed rehearsal left, and ends what it left running in the databases themselves. */
export async function clearRehearsal(context: Context, project: Project): Promise<void> {
  // Written before anything is created, and removed last.
  if (!(await exists(project.layout.rehearsal))) return;
  const { signal } = new AbortController();
  try {
    const { databases } = await sharedDataOf(project);
    await clearOriginals(await runningOriginals({ context, project, signal }, databases));
  } finally {
    await strike(context, project);
  }
}
