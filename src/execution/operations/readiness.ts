import { CanaryError } from '../../errors.ts';
import type { Run } from '../../project/run.ts';
import { isSoInTime } from '../../project/until.ts';
import type { SideStatistics } from '../../proxy/statistics.ts';
import { brokenReason } from '../../rollout/health.ts';
import { containersOf, type Observed, type ObservedContainer } from '../../rollout/observed.ts';
import type { OperationOf, Role } from '../../rollout/operation.ts';
import { ended } from '../../sentences.ts';
import { refusesConnections } from '../../system/ports.ts';
import { currentStatistics, observe } from '../observe.ts';
import { breakerTripped } from './breaker.ts';
import { recordImages } from './canary.ts';

const LOOK_EVERY_MS = 200;
/** A container without a health check must have stayed up for this many looks. */
const QUIET_LOOKS = 5;

/**
 * Waits until every container of one side is ready: running, healthy where it has a health check, and
 * seen by the proxy at its address. Throws `not-ready` at once when one exits or turns unhealthy.
 */
export async function awaitReady(run: Run, operation: OperationOf<'await-ready'>): Promise<void> {
  const began = new Map<string, number>();
  let looks = 0;
  let waiting: string[] = [];
  const isReady = async () => {
    looks += 1;
    waiting = [];
    const observed = await observe(run);
    // Here and not where they are started: a command that continues after a kill finds them started.
    if (operation.side === 'canary' && looks === 1) await recordImages(run, observed);
    const statistics = await currentStatistics(run.project);
    if (operation.side === 'canary') refuseTripped(observed, operation.services);
    for (const service of operation.services) {
      const containers = containersOf(observed, operation.side, service);
      for (const container of containers) {
        if (!began.has(container.id)) began.set(container.id, container.restartCount);
        await refuseBroken(run, container, container.restartCount - (began.get(container.id) ?? 0));
      }
      const reason =
        notReady(containers, statistics[service], operation.side, looks) ??
        (statistics[service] && (await notListening(run, service, containers)));
      if (reason) waiting.push(`${service} ${reason}`);
    }
    return waiting.length === 0;
  };
  if (await isSoInTime(run, isReady, LOOK_EVERY_MS)) return;
  throw new CanaryError('not-ready', `Not ready in time: ${waiting.join('; ')}.`, {
    hint: 'See its logs with `canary compose logs`; `startTimeout` in canary.yaml gives it more time.',
  });
}

function notReady(
  containers: readonly ObservedContainer[],
  seen: SideStatistics | undefined,
  side: Role,
  looks: number,
): string | undefined {
  if (containers.length === 0) return 'has no container';
  const slow = containers.find((each) => each.state !== 'running' || each.health === 'starting');
  if (slow) return slow.state === 'running' ? 'is not healthy yet' : `is ${slow.state}`;
  if (seen) return notReachable(containers, seen, side);
  const saysNothing = containers.some((each) => each.health === 'none');
  return saysNothing && looks < QUIET_LOOKS ? 'just started' : undefined;
}

/** The proxy's last check of an address may have reached an earlier container: the port is checked directly. */
async function notListening(
  { project }: Run,
  service: string,
  containers: readonly ObservedContainer[],
): Promise<string | undefined> {
  const port = project.slice.find((member) => member.service === service)?.port;
  if (port === undefined) return undefined;
  for (const { addresses } of containers) {
    const refused = await Promise.all(addresses.map((each) => refusesConnections(each, port)));
    // One address that accepts is enough: it need not listen on every network.
    if (refused.length > 0 && !refused.includes(false)) return 'does not accept connections yet';
  }
  return undefined;
}

/** Why the proxy cannot send requests to every container yet. */
function notReachable(
  containers: readonly ObservedContainer[],
  seen: SideStatistics,
  side: Role,
): string | undefined {
  // The proxy knows an entry's stable twice: for its users, and to answer instead of the canary.
  const places = [seen[side], ...(side === 'stable' && seen.users ? [seen.users.instead] : [])];
  for (const servers of places) {
    const known = servers.filter(({ address }) =>
      containers.some((each) => each.addresses.includes(address)),
    );
    // More containers than the proxy has places: the others get no users and do no harm.
    if (known.length < Math.min(containers.length, servers.length))
      return 'is not known to the proxy yet';
    if (!known.every(({ checked, status }) => checked && status.startsWith('UP')))
      return 'does not accept connections yet';
  }
  return undefined;
}

/** A tripped canary has no users but looks ready; the command that waits would continue as if it had them. */
function refuseTripped({ proxy }: Observed, services: readonly string[]): void {
  const out = services.filter((service) => proxy.tripped.includes(service));
  if (out.length > 0) throw breakerTripped(out);
}

async function refuseBroken(
  run: Run,
  container: ObservedContainer,
  restarts: number,
): Promise<void> {
  const problem = brokenReason(container, restarts);
  if (!problem) return;
  throw new CanaryError('not-ready', ended(`Container ${container.name} ${problem}`), {
    details: await run.context.engine.logs(container.id, 12),
    hint: 'Its last lines are above.',
  });
}
