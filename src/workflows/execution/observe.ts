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
  const live = await askIfRunning(project, showWeight);
  return {
    containers,
    proxy: {
      state: proxyState(proxy?.state, live !== undefined),
      weight: await weightOf(project, live),
      configuration: proxy?.configuration,
    },
  };
}

/** The weight in force: the proxy's own, or the one it would start with. */
export async function currentWeight(project: Pick<Project, 'socket' | 'layout'>): Promise<number> {
  return weightOf(project, await askIfRunning(project, showWeight));
}

async function weightOf(
  { layout }: Pick<Project, 'layout'>,
  live: string | undefined,
): Promise<number> {
  return readWeight(live ?? (await readIfExists(layout.weights)) ?? '');
}

function proxyState(container: string | undefined, answers: boolean): ObservedProxy['state'] {
  if (container === undefined) return 'absent';
  if (container !== 'running') return 'stopped';
  return answers ? 'running' : 'unreachable';
}

/** What the proxy counted, by service; nothing while it does not run. */
export async function currentStatistics(project: Project): Promise<Record<string, SideStatistics>> {
  const csv = await askIfRunning(project, showStatistics);
  return csv ? parseStatistics(csv) : {};
}

async function askIfRunning(
  project: Pick<Project, 'socket'>,
  command: string,
): Promise<string | undefined> {
  try {
    return await project.socket.ask(command);
  } catch (error) {
    if (hasCode(error, 'proxy-unreachable')) return undefined;
    throw error;
  }
}
