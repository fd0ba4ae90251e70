import { CanaryError } from '../../errors.ts';
import { observe } from '../../execution/observe.ts';
import { applySplit } from '../../execution/split.ts';
import type { Project } from '../../project/load.ts';
import type { ReleaseRun } from '../../project/run.ts';
import { OFF } from '../../proxy/weight-map.ts';
import { heldPorts, type Observed, type ObservedContainer } from '../../rollout/observed.ts';

/**
 * Takes the users off a canary of which another program removed containers, or the proxy, and returns the error that
 * says so and who serves the users. The commit is not to blame.
 */
export async function canaryRemoved(
  run: ReleaseRun,
  removed: readonly ObservedContainer[],
): Promise<CanaryError> {
  await applySplit(run.project, OFF);
  const observed = await observe(run);
  const names = removed.map(({ name }) => name).join(', ');
  return new CanaryError('canary-removed', `Another program removed ${names}.`, {
    hint: servedBy(observed, unservedPorts(run.project, observed)),
  });
}

function servedBy({ proxy }: Observed, unserved: readonly number[]): string {
  if (proxy.state === 'running') return 'Every user is on the stable.';
  return unserved.length === 0
    ? 'Users reach the stable directly. Run `canary up`, then deploy again.'
    : `Nothing answers at port ${unserved.join(', ')}. Run \`canary up\` now.`;
}

/** The entries' ports that no running container holds. */
function unservedPorts({ slice }: Project, observed: Observed): number[] {
  const held = heldPorts(observed);
  return slice.flatMap(({ entry }) => (entry && !held.includes(entry.port) ? [entry.port] : []));
}
