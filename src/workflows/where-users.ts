import type { Context } from '../context.ts';
import type { UsersNow } from '../documents/error.ts';
import { askIfRunning, currentStatistics, observe } from '../execution/observe.ts';
import { findState, type Project, type ProjectState } from '../project/load.ts';
import { loadToEnd } from '../project/load-to-end.ts';
import { trippedServices } from '../proxy/statistics.ts';
import { formatWeight } from '../proxy/weight.ts';
import { hasExpired, OFF, readSplit, type Split, showSplit } from '../proxy/weight-map.ts';
import { containersOf, type Observed } from '../rollout/observed.ts';
import { deadline } from '../system/clock.ts';
import { exists } from '../system/files.ts';

/** A command that failed must end soon, whatever it was that did not answer. */
const MOST_MS = 3000;

const UNKNOWN: UsersNow = {
  canary: null,
  text: 'Nobody knows where users are: the proxy does not answer.',
};

/**
 * Where users are after a command that failed: from the proxy, unless it has no port; then by who has theirs. Asks for
 * some seconds at most, and never throws. `undefined` where canary has never run, and nothing can be seen: it moved nobody.
 */
export async function whereUsers(context: Context): Promise<UsersNow | undefined> {
  const { signal, end } = deadline(context.clock, MOST_MS);
  const isLate = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => resolve(undefined), { once: true });
  });
  const inTime = <T>(work: Promise<T>) => Promise.race([work.catch(() => undefined), isLate]);
  // What stopped the command does not stop this, and what is odd about the project has been said.
  const quiet: Context = { ...context, signal, emit: () => undefined };
  try {
    const state = await inTime(findState(quiet));
    if (!state) return undefined;
    const byProxy = await inTime(askProxy(quiet, state));
    const seen = await inTime(withoutProxy(quiet));
    if (seen && seen !== UNKNOWN) return seen;
    const hasRun = await exists(state.layout.state);
    return byProxy ?? seen ?? (hasRun ? UNKNOWN : undefined);
  } finally {
    end();
  }
}

async function askProxy({ clock }: Context, state: ProjectState): Promise<UsersNow | undefined> {
  const live = await askIfRunning(state.socket, showSplit);
  if (live === undefined) return undefined;
  const isOver = hasExpired(live, clock.machineTime());
  return bySplit(isOver ? OFF : readSplit(live), trippedServices(await currentStatistics(state)));
}

/** `out`: services whose canary the breaker took out. */
function bySplit({ everyoneOn, weight }: Split, out: readonly string[]): UsersNow {
  if (everyoneOn) return { canary: weight, text: `All users are on the ${everyoneOn}.` };
  const breaker =
    out.length > 0 && weight > 0 ? `; the breaker took the canary of ${out.join(', ')} out` : '';
  const shares = `${formatWeight(weight)} on the canary, ${formatWeight(100 - weight)} on the stable`;
  return { canary: weight, text: `Users: ${shares}${breaker}.` };
}

/** Where they are if no proxy is in front of the services; `UNKNOWN` if one is. */
async function withoutProxy(context: Context): Promise<UsersNow> {
  const project = await loadToEnd(context);
  const observed = await observe({ context, project });
  if (observed.proxy.state === 'running' || observed.proxy.state === 'unreachable') return UNKNOWN;
  const closed = closedPorts(project, observed);
  if (closed.length === 0) return { canary: 0, text: 'All users are on the stable.' };
  const ports = closed.map(({ port }) => port).join(', ');
  return { canary: null, text: `Nobody answers at port ${ports}. Run \`canary up\`.` };
}

/** Ports of users that no running container of their service has. */
function closedPorts({ slice }: Project, observed: Observed) {
  return slice.flatMap(({ service, entry }) => {
    const isHeld = containersOf(observed, 'stable', service).some(
      ({ state, publishedPorts, addresses }) =>
        state === 'running' && addresses.length > 0 && entry && publishedPorts.includes(entry.port),
    );
    return entry && !isHeld ? [entry] : [];
  });
}
