import type { Context } from '../context.ts';
import { hasCode } from '../errors.ts';
import { observe } from '../execution/observe.ts';
import { findState, loadLiveProject, type Project } from '../project/load.ts';
import { loadToEnd } from '../project/load-to-end.ts';
import type { ReleaseRun } from '../project/run.ts';
import type { Observed } from '../rollout/observed.ts';
import type { Release } from '../rollout/release.ts';
import { trafficOff } from './ending/traffic-off.ts';
import {
  isRunning,
  refuseDuringPromotion,
  requireProxy,
  requireRunning,
  requireRunningProxy,
} from './guards.ts';
import { currentRelease, visibleRelease } from './records/releases.ts';
import { takingOver, withLock } from './with-lock.ts';

interface Requirements {
  /** Throws for what the strategy does not allow, before anything is touched. */
  check?: (project: Project, release: Release | undefined) => void;
  /** Only takes users off: the proxy need not run the current canary.yaml for that. */
  takesOff?: boolean;
  /** Also while `deploy` or `resume` goes through the steps: that command ends and leaves the users to this one. */
  takesOver?: boolean;
}

/** Does `work` on the running canary, under the lock; throws when there is none, or a promotion is under way. */
export async function withRunningCanary<T>(
  context: Context,
  command: string,
  { check, takesOff = false, takesOver = false }: Requirements,
  work: (run: ReleaseRun, release: Release, observed: Observed) => Promise<T>,
): Promise<T> {
  const wayOut = takesOff ? new Set<string>() : undefined;
  const project = await (wayOut ? projectOrOff({ context, wayOut }) : loadLiveProject(context));
  const findRelease = () =>
    wayOut ? releaseOrOff({ context, wayOut }, project) : currentRelease(project);
  if (check) check(project, await findRelease());
  const requireReady = takesOff ? requireRunningProxy : requireProxy;
  // Before another command is asked to stop and to leave its users to this one.
  if (takesOver) requireReady(project, await observe({ context, project }));
  const underLock = async (signal: AbortSignal) => {
    const observed = await observe({ context, project });
    requireReady(project, observed);
    const found = await findRelease();
    // A canary that ended has no users to lose, but those of its weight must not come back with it.
    const hasEnded = found === undefined || !isRunning(found, observed);
    if (wayOut && hasEnded) await trafficOff({ context, wayOut }, project);
    const release = requireRunning(found, observed);
    refuseDuringPromotion(release);
    const run = { context, project, release, signal, wayOut };
    return work(run, release, observed);
  };
  return takesOver
    ? takingOver('advance', context, project, command, underLock, wayOut)
    : withLock(context, project, command, underLock, wayOut);
}

/** The project whose users leave. If its files cannot be read, they leave before that is an error. */
async function projectOrOff(run: Pick<ReleaseRun, 'context' | 'wayOut'>): Promise<Project> {
  try {
    return await loadToEnd(run.context);
  } catch (error) {
    await findState(run.context).then(
      (state) => trafficOff(run, state),
      () => undefined,
    );
    throw error;
  }
}

/** The release whose users leave. If no journal says which it is, they leave before that is an error. */
async function releaseOrOff(
  run: Pick<ReleaseRun, 'context' | 'wayOut'>,
  project: Project,
): Promise<Release | undefined> {
  try {
    const release = await visibleRelease(run.context, project);
    if (!release) await trafficOff(run, project);
    return release;
  } catch (error) {
    if (hasCode(error, 'journal-unreadable')) await trafficOff(run, project);
    throw error;
  }
}
