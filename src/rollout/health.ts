import { containersOf, type Observed, type ObservedContainer } from './observed.ts';
import type { ReleaseIdentity } from './release.ts';

/** Why a container cannot serve users, if so: it stopped, is unhealthy, or restarts. */
export function brokenReason(container: ObservedContainer, restarts: number): string | undefined {
  if (container.state === 'exited' || container.state === 'dead') {
    const why = container.outOfMemory ? ': it ran out of memory' : '';
    return `stopped with exit code ${container.exitCode}${why}`;
  }
  if (container.health === 'unhealthy') return 'is unhealthy';
  return restarts > 0 || container.state === 'restarting' ? 'restarts again and again' : undefined;
}

/** The first container of a canary that failed since an earlier look, and the problem. */
export function brokenSince(
  earlier: Observed,
  now: Observed,
  release: Pick<ReleaseIdentity, 'services' | 'commit'>,
): { container: ObservedContainer; problem: string } | undefined {
  for (const container of canaryOf(earlier, release)) {
    const found = now.containers.find(({ id }) => id === container.id);
    if (!found) continue;
    const problem = brokenReason(found, found.restartCount - container.restartCount);
    if (problem) return { container: found, problem };
  }
  return undefined;
}

/** The containers of a canary, and the proxy, that someone removed since an earlier look. */
export function removedSince(
  earlier: Observed,
  now: Observed,
  release: Pick<ReleaseIdentity, 'services' | 'commit'>,
): ObservedContainer[] {
  const isThere = (id: string) => now.containers.some((each) => each.id === id);
  const canary = canaryOf(earlier, release).filter(({ id }) => !isThere(id));
  // Another proxy in its place is as good.
  const proxy = now.proxy.state === 'absent' ? containersOf(earlier, 'proxy') : [];
  return [...canary, ...proxy];
}

function canaryOf(
  observed: Observed,
  { services, commit }: Pick<ReleaseIdentity, 'services' | 'commit'>,
): ObservedContainer[] {
  return containersOf(observed, 'canary').filter(
    (each) => each.commit === commit && services.includes(each.service),
  );
}
