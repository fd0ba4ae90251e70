import { containersOf } from '../rollout/observed.ts';
import type { Context } from './context.ts';
import { observe } from './execution/observe.ts';
import { loadProject } from './project/project.ts';
import { hasTree, inProduction, type Target } from './project/target.ts';
import { replaceStable } from './replace-stable.ts';
import { up } from './up.ts';

/**
 * The first push of the stable branch: its files around what lies in production's folder already, such as `.env`, then
 * everything built, started and put behind the proxy. The branch appears when that is done; until then it can be
 * pushed again.
 */
export async function deployFirst(
  context: Context,
  target: Target,
  { ref, commit }: { ref: string; commit: string },
): Promise<void> {
  const { git, emit, signal } = context;
  if (await hasTree(target)) await git.moveTree(target.directory, commit);
  else await git.checkOutAround(target.repository, target.directory, commit);
  const production = inProduction(context, target);
  const project = await loadProject(production);
  const observed = await observe(production, project);
  const ranBefore = containersOf(observed, 'stable').some((each) => each.state === 'running');
  if (!ranBefore) {
    emit({ type: 'notice', text: `Building ${project.name} for the first time.` });
    const onLine = (line: string) => emit({ type: 'output', line });
    await production.compose.build(project.scope, [], { signal, onLine });
  }
  await up(production);
  // Started by hand before it was ever pushed: brought to this commit the way every later one is.
  if (ranBefore) await replaceStable(production, { commit, from: undefined });
  await git.moveBranch(target.repository, ref, '', commit);
  await git.attach(target.directory, ref);
}
