import { CanaryError, hasCode } from '../../errors.ts';
import { type Counts, NO_COUNTS, totalCounts } from '../../proxy/counts.ts';
import { readWeight, setWeight, showWeight, weightFile } from '../../proxy/weight-map.ts';
import { exists, writeDurably } from '../../system/files.ts';
import { ensureState, type Layout } from '../project/layout.ts';
import { entryServices, type Project } from '../project/project.ts';
import { askOldWorkers, currentStatistics } from './observe.ts';

/**
 * Sends a share of users to the canary: first at the running proxy, at once and without a reload, then in
 * the file it starts from, so that a restart keeps the split. Needs no lock.
 * Throws `proxy-unreachable` when the proxy does not answer and the weight is not 0.
 */
export async function applyWeight(
  project: Pick<Project, 'socket' | 'master' | 'layout'>,
  weight: number,
): Promise<void> {
  try {
    await changeAtSocket(project, weight);
  } catch (error) {
    if (weight !== 0 || !hasCode(error, 'proxy-unreachable')) throw error;
    // A proxy that does not run sends nobody anywhere; the file keeps it so when it starts.
  }
  // A worker of before may still hold connections of users.
  await askOldWorkers(project, setWeight(weight).change);
  await ensureState(project.layout);
  await writeDurably(project.layout.weights, weightFile(weight));
}

/** Makes the file of the weight, which HAProxy does not start without. */
export async function ensureWeights(layout: Layout): Promise<void> {
  await ensureState(layout);
  if (!(await exists(layout.weights))) await writeDurably(layout.weights, weightFile(0));
}

/** Requests and failures at the entries since the proxy started. */
export async function entryCounts(project: Project): Promise<Counts> {
  const statistics = await currentStatistics(project);
  return Object.keys(statistics).length === 0
    ? NO_COUNTS
    : totalCounts(statistics, entryServices(project));
}

async function changeAtSocket(project: Pick<Project, 'socket'>, weight: number): Promise<void> {
  const command = setWeight(weight);
  const answer = await project.socket.ask(command.change);
  if (/not found/i.test(answer)) await project.socket.ask(command.create);
  const inForce = readWeight(await project.socket.ask(showWeight));
  if (inForce !== weight) {
    throw new CanaryError('proxy-unreachable', `The proxy did not take the weight ${weight} %.`, {
      details: [answer.trim()].filter(Boolean),
      hint: 'Run `canary doctor`; `canary up` makes the proxy anew.',
    });
  }
}
