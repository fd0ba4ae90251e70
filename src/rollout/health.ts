import { containersOf, type Observed, type ObservedContainer } from './observed.ts';
import type { ReleaseIdentity } from './release.ts';

/** Why a container is of no use to users, if it is: it ended, turned unhealthy or restarts. */
export function brokenReason(container: ObservedContainer, restarts: number): string | undefined {
  if (container.state === 'exited' || container.state === 'dead') {
    const why = container.outOfMemory ? ': it ran out of memory' : '';
    return `stopped with exit code ${container.exitCode}${why}`;
  }
  if (container.health === 'unhealthy') return 'is unhealthy';
  return restarts > 0 || container.state === 'restarting' ? 'restarts again and again' : undefined;
}

/** The first container of a canary that broke since an earlier look, and how. */
export function brokenSince(
  earlier: Observed,
  now: Observed,
  { services, commit }: Pick<ReleaseIdentity, 'services' | 'commit'>,
): { container: ObservedContainer; problem: string } | undefined {
  const before = containersOf(earlier, 'canary').filter(
    (each) => each.commit === commit && services.includes(each.service),
  );
  for (const container of before) {
    const found = now.containers.find(({ id }) => id === container.id);
    if (!found) return { container, problem: 'is gone' };
    const problem = brokenReason(found, found.restartCount - container.restartCount);
    if (problem) return { container: found, problem };
  }
  return undefined;
}
