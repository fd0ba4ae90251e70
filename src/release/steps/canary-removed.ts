import { CanaryError } from '../../errors.ts';
import { observe } from '../../execution/observe.ts';
import { applySplit } from '../../execution/split.ts';
import type { Project } from '../../project/load.ts';
import type { ReleaseRun } from '../../project/run.ts';
import { isSoWithin } from '../../project/until.ts';
import { OFF } from '../../proxy/weight-map.ts';
import { heldPorts, type Observed, type ObservedContainer } from '../../rollout/observed.ts';

/** Compose removes the proxy first and starts the service with its port after that. */
const MOST_REPLACING_MS = 15_000;

/**
 * Takes the users off a canary of which another program removed containers, such as `docker compose up
 * --remove-orphans`, and returns the error that says so and who serves the users. The commit is not to blame.
 */
export async function canaryRemoved(
  run: ReleaseRun,
  removed: readonly ObservedContainer[],
): Promise<CanaryError> {
  await applySplit(run.project, OFF);
  let whoServes = '';
  await isSoWithin(run, MOST_REPLACING_MS, async () => {
    const observed = await observe(run);
    const unserved = unservedPorts(run.project, observed);
    whoServes = servedBy(observed, unserved);
    return unserved.length === 0;
  });
  const names = removed.map(({ name }) => name).join(', ');
  return new CanaryError('canary-removed', `Another program removed ${names}.`, {
    hint: whoServes,
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
