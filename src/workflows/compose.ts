import type { Context } from '../context.ts';
import { hidingScope } from '../execution/override-file.ts';
import { loadLiveProject } from '../project/load.ts';
import { exists } from '../system/files.ts';

/**
 * Runs Compose at the user's terminal with the user's files, what canary adds to them, and every container that plain
 * Compose does not see. Returns Compose's own exit code.
 */
export async function compose(context: Context, args: readonly string[]): Promise<number> {
  const project = await loadLiveProject(context, 'optional');
  const isUp = await exists(project.layout.override);
  const scope = isUp ? hidingScope(project, project.files) : project.scope;
  return context.compose.atTerminal(scope, args);
}
