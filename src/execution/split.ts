import { CanaryError, hasCode, messageOf } from '../errors.ts';
import { ensureState, type Layout } from '../project/layout.ts';
import { entryServices, type Project } from '../project/load.ts';
import { ifWritable, type Run } from '../project/run.ts';
import { type Counts, NO_COUNTS, totalCounts } from '../proxy/counts.ts';
import { userFile } from '../proxy/user-map.ts';
import {
  type MapChange,
  OFF,
  readSplit,
  type Split,
  sameSplit,
  setSplit,
  setUntil,
  showSplit,
  splitFile,
} from '../proxy/weight-map.ts';
import { ended } from '../sentences.ts';
import { exists, isDiskProblem, writeDurably, writeEvenIfFull } from '../system/files.ts';
import { askIfRunning, askOldWorkers, currentStatistics } from './observe.ts';

/**
 * Splits users between the sides: first at the running proxy, at once and without a reload, then in
 * the file it starts from, so that a restart keeps the split. From the second `until` on, the proxy itself sends all
 * users to the stable; 0 for never. Needs no lock.
 * Throws `proxy-unreachable` when the proxy does not answer and users may be on the canary. Returns whether it answered:
 * to send everyone to the stable is to do so at a proxy that runs, and to keep it so for the next start of one that does
 * not.
 */
export async function applySplit(
  project: Pick<Project, 'socket' | 'master' | 'layout'>,
  split: Split,
  until = 0,
): Promise<boolean> {
  const isAnswered = await changeEveryWorker(project, split, until);
  await keepSplit(project.layout, split, { until, isAnswered });
  return isAnswered;
}

async function changeEveryWorker(
  project: Pick<Project, 'socket' | 'master'>,
  split: Split,
  until: number,
): Promise<boolean> {
  const isAnswered = await changeIfRunning(project, split, until);
  // An old worker may still hold users' connections.
  await askOldWorkers(project, setUntil(until).change);
  await askOldWorkers(project, setSplit(split).change);
  return isAnswered;
}

async function changeIfRunning(
  project: Pick<Project, 'socket'>,
  split: Split,
  until: number,
): Promise<boolean> {
  try {
    await changeAtSocket(project, split, until);
    return true;
  } catch (error) {
    if (!sameSplit(split, OFF) || !hasCode(error, 'proxy-unreachable')) throw error;
  }
  // One call may have failed at a proxy that runs: then users still are where they were.
  const now = await askIfRunning(project.socket, showSplit);
  if (now === undefined) return false;
  await changeAtSocket(project, split, until);
  return true;
}

/** Sends every user to the stable at once, on a way out. Returns whether a proxy answered. */
export async function everyoneOff(
  run: Pick<Run, 'context' | 'wayOut'>,
  project: Pick<Project, 'socket' | 'master' | 'layout'>,
): Promise<boolean> {
  const isAnswered = await changeEveryWorker(project, OFF, 0);
  await ifWritable(run, 'the split', () =>
    keepSplit(project.layout, OFF, { until: 0, isAnswered }),
  );
  return isAnswered;
}

async function keepSplit(
  layout: Layout,
  split: Split,
  { until, isAnswered }: { until: number; isAnswered: boolean },
): Promise<void> {
  try {
    await ensureState(layout);
    await writeEvenIfFull(layout.weights, splitFile(split, until));
  } catch (error) {
    if (!isDiskProblem(error)) throw error;
    const now = sameSplit(split, OFF) ? 'Every user is on the stable' : 'The new split is in force';
    const before = isAnswered ? `${now}, but` : 'The proxy does not answer, and';
    throw new CanaryError(
      'disk-full',
      ended(
        `${before} a restart of the proxy may bring the earlier split back: ${messageOf(error)}`,
      ),
      { hint: 'Make space on the disk, then run the command again.', cause: error },
    );
  }
}

/** Creates the map files that HAProxy needs to start. */
export async function ensureMaps(layout: Layout): Promise<void> {
  await ensureState(layout);
  if (!(await exists(layout.weights))) await writeDurably(layout.weights, splitFile(OFF));
  if (!(await exists(layout.users))) await writeDurably(layout.users, userFile(new Map()));
}

/** Requests and failures at the entries since the proxy started. */
export async function entryCounts(project: Project): Promise<Counts> {
  const statistics = await currentStatistics(project);
  return Object.keys(statistics).length === 0
    ? NO_COUNTS
    : totalCounts(statistics, entryServices(project));
}

async function changeMap({ socket }: Pick<Project, 'socket'>, command: MapChange): Promise<string> {
  const answer = await socket.ask(command.change);
  if (/not found/i.test(answer)) await socket.ask(command.create);
  return answer;
}

async function changeAtSocket(
  project: Pick<Project, 'socket'>,
  split: Split,
  until: number,
): Promise<void> {
  // Users leave the canary at once; before users come to it, its end time is set.
  const isOff = sameSplit(split, OFF);
  if (!isOff) await changeMap(project, setUntil(until));
  const answer = await changeMap(project, setSplit(split));
  if (isOff) await changeMap(project, setUntil(until));
  const inForce = readSplit(await project.socket.ask(showSplit));
  if (!sameSplit(inForce, split)) {
    throw new CanaryError(
      'proxy-unreachable',
      `The proxy did not take the weight ${split.weight} %.`,
      {
        details: [answer.trim()].filter(Boolean),
        hint: 'Run `canary doctor`; `canary up` recreates the proxy.',
      },
    );
  }
}
