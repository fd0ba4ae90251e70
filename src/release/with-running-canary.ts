import type { Context } from '../context.ts';
import { type ErrorCode, hasCode } from '../errors.ts';
import { observe } from '../execution/observe.ts';
import { findState, loadLiveProject, type Project } from '../project/load.ts';
import { loadToEnd } from '../project/load-to-end.ts';
import type { ReleaseRun } from '../project/run.ts';
import type { Observed } from '../rollout/observed.ts';
import type { Release } from '../rollout/release.ts';
import { trafficOff } from './ending/traffic-off.ts';
import {
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
  const findRelease = () => (wayOut ? visibleRelease(context, project) : currentRelease(project));
  const requireReady = takesOff ? requireRunningProxy : requireProxy;
  const underLock = async (signal: AbortSignal) => {
    const observed = await observe({ context, project });
    requireReady(project, observed);
    const release = requireRunning(await findRelease(), observed);
    refuseDuringPromotion(release);
    const run = { context, project, release, signal, wayOut };
    return work(run, release, observed);
  };
  const locked = async () => {
    if (check) check(project, await findRelease());
    // Before another command is asked to stop and to leave its users to this one.
    if (takesOver) requireReady(project, await observe({ context, project }));
    return takesOver
      ? takingOver('advance', context, project, command, underLock, wayOut)
      : withLock(context, project, command, underLock, wayOut);
  };
  return wayOut ? orOff({ context, wayOut }, project, locked) : locked();
}

/** Users whom another command moves are left where they are, and those whom this one may not move. */
const LEAVE_USERS: readonly ErrorCode[] = ['lock-held', 'promotion-failed', 'strategy-refuses'];

/**
 * Whatever a way out stumbles over, users leave before that is an error: those of a canary that has ended must not come
 * back with it, and an engine that does not answer keeps nobody there.
 */
async function orOff<T>(
  run: Pick<ReleaseRun, 'context' | 'wayOut'>,
  project: Project,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!LEAVE_USERS.some((code) => hasCode(error, code))) await trafficOff(run, project);
    throw error;
  }
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
