import { PROXY_SERVICE } from '../../compose/names.ts';
import { hasCode } from '../../errors.ts';
import { parseStatistics, type SideStatistics, showStatistics } from '../../proxy/statistics.ts';
import { readWeight, showWeight } from '../../proxy/weight-map.ts';
import type { Observed, ObservedProxy } from '../../rollout/observed.ts';
import { readIfExists } from '../../system/files.ts';
import type { Context } from '../context.ts';
import type { Project } from '../project/project.ts';

/** One look at the engine and the proxy. */
export async function observe(context: Context, project: Project): Promise<Observed> {
  const containers = await context.engine.containers(project.name);
  const [proxy] = containers.filter(
    (each) => each.role === 'proxy' || each.service === PROXY_SERVICE,
  );
  const state: ObservedProxy['state'] = !proxy
    ? 'absent'
    : proxy.state === 'running'
      ? 'running'
      : 'stopped';
  return {
    containers,
    proxy: { state, weight: await currentWeight(project), configuration: proxy?.configuration },
  };
}

/** The weight in force: the proxy's own, or the one it would start with. */
export async function currentWeight(project: Project): Promise<number> {
  const live = await askIfRunning(project, showWeight);
  return readWeight(live ?? (await readIfExists(project.layout.weights)) ?? '');
}

/** What the proxy counted, by service; nothing while it does not run. */
export async function currentStatistics(project: Project): Promise<Record<string, SideStatistics>> {
  const csv = await askIfRunning(project, showStatistics);
  return csv ? parseStatistics(csv) : {};
}

async function askIfRunning(project: Project, command: string): Promise<string | undefined> {
  try {
    return await project.socket.ask(command);
  } catch (error) {
    if (hasCode(error, 'proxy-unreachable')) return undefined;
    throw error;
  }
}
