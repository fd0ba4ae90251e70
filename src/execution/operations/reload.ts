import { rename, rm } from 'node:fs/promises';
import { byName } from '../../config/values/by-name.ts';
import { CanaryError } from '../../errors.ts';
import { entryServices, type Project } from '../../project/load.ts';
import { type Run, record } from '../../project/run.ts';
import { totalCounts } from '../../proxy/counts.ts';
import { RELOAD, readReload } from '../../proxy/master-process.ts';
import { SHOW_SERVER_STATES, statesToKeep } from '../../proxy/server-states.ts';
import { parseStatistics, showStatistics } from '../../proxy/statistics.ts';
import { readSplit, readUntil } from '../../proxy/weight-map.ts';
import { containersOf } from '../../rollout/observed.ts';
import { readIfExists, writeDurably } from '../../system/files.ts';
import { observe } from '../observe.ts';
import { applySplit } from '../split.ts';
import { awaitProxy } from './proxy.ts';
import { checkInside, refused, withCandidate } from './proxy-file.ts';

/** HAProxy answers when the new worker serves; names that do not resolve make that slow. */
const RELOAD_PATIENCE_MS = 60_000;

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
    const atFirst = await worker.ask(showStatistics);
    await withCandidate(
      run,
      () => checkInside(run, container.id),
      () => load(project),
    );
    await awaitProxy(run);
    // A reload that took longer than the session may have ended it: then use the counts from before.
    const counted = await worker.ask(showStatistics).catch(() => atFirst);
    const counts = totalCounts(parseStatistics(counted), entryServices(project));
    await record(run, { type: 'proxy-reloaded', counts });
  } finally {
    worker.end();
  }
  // `abort` does not wait for the lock: a split it wrote while the new worker read the file must win.
  const file = (await readIfExists(project.layout.weights)) ?? '';
  await applySplit(project, readSplit(file), readUntil(file));
}

async function load(project: Project): Promise<void> {
  const { layout, master } = project;
  const before = (await readIfExists(layout.configuration)) ?? '';
  await handOverStates(project);
  await rename(layout.candidate, layout.configuration);
  const answer = await master
    .ask(RELOAD, RELOAD_PATIENCE_MS)
    .finally(() => rm(layout.serverStates, { force: true }));
  const { isLoaded, words } = readReload(answer);
  if (isLoaded) return;
  await writeDurably(layout.configuration, before);
  throw refused(words);
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
