import { byName } from '../../config/values/by-name.ts';
import { CanaryError } from '../../errors.ts';
import { entryServices, type Project } from '../../project/load.ts';
import { type Run, record } from '../../project/run.ts';
import { isSoWithin } from '../../project/until.ts';
import { type Counts, lessCounts, totalCounts } from '../../proxy/counts.ts';
import { RELOAD, readDigest, readReload, SHOW_INFO } from '../../proxy/master-process.ts';
import { SHOW_SERVER_STATES, statesToKeep } from '../../proxy/server-states.ts';
import { openConnections, parseStatistics, showStatistics } from '../../proxy/statistics.ts';
import { CLOSE_IDLE_SECONDS } from '../../proxy/tolerance.ts';
import { letLeave, readSplit, readUntil } from '../../proxy/weight-map.ts';
import { containersOf } from '../../rollout/observed.ts';
import { rename, rm } from '../../system/disk.ts';
import { readIfExists, writeDurably } from '../../system/files.ts';
import type { ProxySession } from '../../system/haproxy/proxy-session.ts';
import { observe } from '../observe.ts';
import { applySplit } from '../split.ts';
import { awaitProxy } from './proxy.ts';
import { checkInside, refused, withCandidate } from './proxy-file.ts';

/** HAProxy answers when the new worker serves; names that do not resolve make that slow. */
const RELOAD_PATIENCE_MS = 60_000;
/** A replaced worker has no idle connection after this time, with room for a slow machine. */
const IDLE_CONNECTIONS_END_MS = (CLOSE_IDLE_SECONDS + 3) * 1000;
const LOOK_EVERY_MS = 300;
/** In this time a client that sends often has used each of its connections. */
const LEAVE_MS = 1500;
/** If the worker stays after all, its clients keep their connections again after this time. */
const LEAVE_SECONDS = 10;

/**
 * Loads a new configuration into the running proxy: a new worker takes over the listening sockets, the old one ends
 * after its open requests. If HAProxy rejects the configuration, nothing changes.
 */
export async function reloadProxy(run: Run): Promise<void> {
  const { project } = run;
  const [container] = containersOf(await observe(run), 'proxy');
  if (!container) throw new CanaryError('proxy-unreachable', 'The proxy has stopped.');
  // Held, so that the replaced worker can be asked afterwards what it counted.
  const worker = await project.socket.hold(RELOAD_PATIENCE_MS / 1000);
  try {
    const atFirst = await countedBy(worker, project);
    await withCandidate(
      run,
      () => checkInside(run, container.id),
      async () => {
        await askToLeave(run, worker);
        await load(project);
      },
    );
    await awaitProxy(run);
    // A reload that took longer than the session may have ended it: then use the counts from before.
    const counts = await countedBy(worker, project).catch(() => atFirst);
    await record(run, { type: 'proxy-reloaded', counts });
    // `abort` does not wait for the lock: a split it wrote while the new worker read the file must win.
    const file = (await readIfExists(project.layout.weights)) ?? '';
    await applySplit(project, readSplit(file), readUntil(file));
    await awaitLastRequests(run, worker).finally(() => recordRest(run, worker, counts));
  } finally {
    worker.end();
  }
}

/** Clients that send now should not keep a connection when the worker closes the idle ones. */
async function askToLeave({ context, signal }: Run, worker: ProxySession): Promise<void> {
  const now = Math.ceil(context.clock.machineTime().getTime() / 1000);
  const { change, create } = letLeave(now + LEAVE_SECONDS);
  if (/not found/i.test(await worker.ask(change))) await worker.ask(create);
  await context.clock.sleep(LEAVE_MS, signal);
}

/** Until the replaced worker has no connection left on which a user may send one more request. */
async function awaitLastRequests(run: Run, worker: ProxySession): Promise<void> {
  const isDone = async () => openConnections(await worker.ask(showStatistics)) === 0;
  await isSoWithin(run, IDLE_CONNECTIONS_END_MS, isDone, LOOK_EVERY_MS);
}

/** What the replaced worker answered since it was first asked; a command that is killed before loses only these. */
async function recordRest(run: Run, worker: ProxySession, recorded: Counts): Promise<void> {
  const rest = lessCounts(await countedBy(worker, run.project), recorded);
  if (Object.values(rest).some((count) => count !== 0))
    await record(run, { type: 'proxy-reloaded', counts: rest });
}

async function countedBy(worker: ProxySession, project: Project): Promise<Counts> {
  const statistics = parseStatistics(await worker.ask(showStatistics));
  return totalCounts(statistics, entryServices(project));
}

async function load(project: Project): Promise<void> {
  const { layout, master } = project;
  const before = (await readIfExists(layout.configuration)) ?? '';
  await handOverStates(project);
  await rename(layout.candidate, layout.configuration);
  try {
    const { isLoaded, words } = readReload(await master.ask(RELOAD, RELOAD_PATIENCE_MS));
    if (!isLoaded) throw refused(words);
  } catch (error) {
    // HAProxy may have loaded it, and only its answer was lost.
    if (await isInForce(project)) return;
    await writeDurably(layout.configuration, before);
    throw error;
  } finally {
    await rm(layout.serverStates, { force: true });
  }
}

async function isInForce({ socket, proxy }: Project): Promise<boolean> {
  const info = await socket.ask(SHOW_INFO).catch(() => '');
  return readDigest(info) === proxy.digest;
}

/**
 * Otherwise the new worker would send the canary's users to the stable until DNS answers, and trust a canary that was
 * taken out.
 */
async function handOverStates({ layout, slice, socket, config }: Project): Promise<void> {
  const wires = byName(
    slice.map(({ service, port = 0 }) => {
      const isTls = config.services[service]?.tls?.reencrypt === true;
      return [service, { port, isTls }] as const;
    }),
  );
  const states = await socket.ask(SHOW_SERVER_STATES);
  await writeDurably(layout.serverStates, statesToKeep(states, wires));
}
