import { namespaceMembers } from '../../compose/model/namespaces.ts';
import { callOptions, type Run } from '../../project/run.ts';
import { containersOf } from '../../rollout/observed.ts';
import type { ComposeScope } from '../../system/docker/compose.ts';
import { observe } from '../observe.ts';

/**
 * Recreates the services that share a namespace with these services, after these were recreated: a container stays in
 * the network of the container it started with, which is gone.
 */
export async function recreateNamespaceMembers(
  run: Run,
  scope: ComposeScope,
  owners: readonly string[],
): Promise<void> {
  const observed = await observe(run);
  // A service that ran once and exited with 0 is not run again; one that ended with its owner did not exit with 0.
  const members = [...membersOf(run, owners)].filter((member) =>
    containersOf(observed, 'stable', member).some(
      ({ state, exitCode }) => state === 'running' || exitCode !== 0,
    ),
  );
  if (members.length > 0) await run.context.compose.recreate(scope, members, callOptions(run));
}

/** Services, and those that are recreated with them. */
export function withMembers(run: Pick<Run, 'project'>, owners: readonly string[]): string[] {
  return [...new Set([...owners, ...membersOf(run, owners)])];
}

function membersOf({ project }: Pick<Run, 'project'>, owners: readonly string[]): Set<string> {
  const found = new Set<string>();
  const follow = (owner: string) => {
    for (const member of namespaceMembers(owner, project.model)) {
      if (found.has(member)) continue;
      found.add(member);
      follow(member);
    }
  };
  owners.forEach(follow);
  return found;
}
