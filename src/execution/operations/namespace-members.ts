import { namespaceMembers } from '../../compose/model/namespaces.ts';
import { callOptions, type Run } from '../../project/run.ts';
import { containersOf } from '../../rollout/observed.ts';
import type { ComposeScope } from '../../system/docker/compose.ts';
import { observe } from '../observe.ts';

/**
 * Makes who lives in the namespaces of these services anew, once the services were: a container stays in the network of
 * the one it began with, which is gone.
 */
export async function recreateNamespaceMembers(
  run: Run,
  scope: ComposeScope,
  owners: readonly string[],
): Promise<void> {
  const observed = await observe(run);
  // What ran once and ended well is not run again; who ended with its owner did not end well.
  const members = [...membersOf(run, owners)].filter((member) =>
    containersOf(observed, 'stable', member).some(
      ({ state, exitCode }) => state === 'running' || exitCode !== 0,
    ),
  );
  if (members.length > 0) await run.context.compose.recreate(scope, members, callOptions(run));
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
