import { PROXY_SERVICE } from '../compose/model/names.ts';
import type { Context } from '../context.ts';
import { hasCode } from '../errors.ts';
import type { Project, ProjectState } from '../project/load.ts';
import type { Run } from '../project/run.ts';
import {
  askWorker,
  oldWorkers,
  readDigest,
  readSignature,
  SHOW_INFO,
  SHOW_PROCESSES,
} from '../proxy/master-process.ts';
import {
  parseStatistics,
  reachesStable,
  type SideStatistics,
  showStatistics,
  trippedServices,
} from '../proxy/statistics.ts';
import { readUsers, showUsers, type UserSides } from '../proxy/user-map.ts';
import {
  hasExpired,
  OFF,
  readSplit,
  readUntil,
  type Split,
  sameSplit,
  showSplit,
} from '../proxy/weight-map.ts';
import type { Observed, ObservedContainer, ObservedProxy } from '../rollout/observed.ts';
import { readIfExists } from '../system/files.ts';
import type { ProxySocket } from '../system/host.ts';

/** One look at the engine and the proxy. */
export async function observe({
  context,
  project,
}: Pick<Run, 'context' | 'project'>): Promise<Observed> {
  const containers = await context.engine.containers(project.name);
  const [proxy] = containers.filter(
    (each) => each.role === 'proxy' || each.service === PROXY_SERVICE,
  );
  const live = await askIfRunning(project.socket, showSplit);
  const info = await askIfRunning(project.socket, SHOW_INFO);
  const statistics = await currentStatistics(project);
  return {
    containers,
    proxy: {
      state: proxyState(proxy, live !== undefined),
      ...(await splitNow(context, project, live)),
      definition: proxy?.definition,
      isLeft: proxy?.health === 'unhealthy',
      configuration: await configurationNow(project, info),
      tripped: trippedServices(statistics),
      silent: Object.entries(statistics)
        .filter(([, sides]) => !reachesStable(sides))
        .map(([service]) => service),
      users: await currentUsers(project),
    },
  };
}

/** The split in force: the proxy's own, or the one it would start with. */
export async function currentSplit(project: Pick<Project, 'socket' | 'layout'>): Promise<Split> {
  return readSplit(await splitText(project, await askIfRunning(project.socket, showSplit)));
}

/** What the proxy alone knows about a canary, without the engine: its weight, and whether it gets no users. */
export async function peek(
  { clock }: Context,
  project: ProjectState,
): Promise<{ weight: number; isOut: boolean }> {
  const live = await askIfRunning(project.socket, showSplit);
  const tripped = trippedServices(await currentStatistics(project));
  return {
    weight: readSplit(await splitText(project, live)).weight,
    isOut: tripped.length > 0 || hasExpired(live ?? '', clock.machineTime()),
  };
}

/** No user is on a canary whose time is over. */
async function splitNow(
  { clock }: Context,
  project: Project,
  live: string | undefined,
): Promise<Split & { hasExpired: boolean; until: number; isUnkept: boolean }> {
  const file = await readIfExists(project.layout.weights);
  const text = live ?? file ?? '';
  const isOver = hasExpired(text, clock.machineTime());
  const isUnkept = file !== undefined && !sameSplit(readSplit(text), readSplit(file));
  return {
    ...(isOver ? OFF : readSplit(text)),
    hasExpired: isOver,
    until: readUntil(text),
    isUnkept,
  };
}

/** The map of the split: the proxy's own, or the file it would start with. */
async function splitText(
  { layout }: Pick<Project, 'layout'>,
  live: string | undefined,
): Promise<string> {
  return live ?? (await readIfExists(layout.weights)) ?? '';
}

/** The lists in force: the proxy's own, or those it would start with. */
export async function currentUsers({
  socket,
  layout,
}: Pick<Project, 'socket' | 'layout'>): Promise<UserSides> {
  const live = await askIfRunning(socket, showUsers);
  return readUsers(live ?? (await readIfExists(layout.users)) ?? '');
}

/** The digest of the configuration in force; none, too, if a restart of the proxy would bring another one. */
async function configurationNow(
  { layout }: Pick<Project, 'layout'>,
  info: string | undefined,
): Promise<string | undefined> {
  if (info === undefined) return undefined;
  const inForce = readDigest(info);
  const kept = await readIfExists(layout.configuration);
  const isKept = kept === undefined || readSignature(kept) === inForce;
  return isKept ? inForce : undefined;
}

function proxyState(
  container: ObservedContainer | undefined,
  answers: boolean,
): ObservedProxy['state'] {
  if (container === undefined) return 'absent';
  if (container.state !== 'running' || container.isUnpublished) return 'stopped';
  return answers ? 'running' : 'unreachable';
}

/** What the proxy counted, by service; empty while it does not run. */
export async function currentStatistics(
  project: Pick<Project, 'socket'>,
): Promise<Record<string, SideStatistics>> {
  const csv = await askIfRunning(project.socket, showStatistics);
  return parseStatistics(csv ?? '');
}

/** The same for every worker: the current one, and old ones that still have open requests. */
export async function everyStatistics(project: Project): Promise<Record<string, SideStatistics>[]> {
  const old = await askOldWorkers(project, showStatistics);
  return [await currentStatistics(project), ...old.map(parseStatistics)];
}

/** Asks the old workers, which finish the requests they had when a configuration was loaded. */
export async function askOldWorkers(
  { master }: Pick<Project, 'master'>,
  command: string,
): Promise<string[]> {
  const answers: string[] = [];
  for (const id of oldWorkers((await askIfRunning(master, SHOW_PROCESSES)) ?? '')) {
    const answer = await askIfRunning(master, askWorker(id, command));
    if (answer !== undefined) answers.push(answer);
  }
  return answers;
}

/** The answer of a proxy; none if it does not answer, as one that does not run. */
export async function askIfRunning(
  socket: ProxySocket,
  command: string,
): Promise<string | undefined> {
  try {
    return await socket.ask(command);
  } catch (error) {
    if (hasCode(error, 'proxy-unreachable')) return undefined;
    throw error;
  }
}
