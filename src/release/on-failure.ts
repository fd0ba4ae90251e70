import { type CanaryError, hasCode, messageOf } from '../errors.ts';
import { applySplit, entryCounts } from '../execution/split.ts';
import { type Run, record } from '../project/run.ts';
import { OFF } from '../proxy/weight-map.ts';
import type { ReleaseState } from '../rollout/events.ts';
import { stepName } from '../rollout/progress.ts';
import type { Release } from '../rollout/release.ts';
import { changeState, readRelease } from './releases.ts';
import { revertBadCanary } from './revert-canary.ts';

type ReleaseRun = Run & { release: Release };

/**
 * Does `work`; whatever goes wrong in it, no user stays on the canary, and the journal tells why. A canary that is judged
 * bad is also removed and, if `commits` and users have seen it, taken back in git.
 */
export async function takingUsersOffOnFailure<T>(
  run: ReleaseRun,
  commits: boolean,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await endAfterFailure(run, error, commits);
    throw error;
  }
}

async function endAfterFailure(run: ReleaseRun, error: unknown, commits: boolean): Promise<void> {
  // The command that took over moves the users itself: taking them off first would move them twice.
  if (hasCode(error, 'taken-over')) return changeState(run, 'paused', error.message);
  await applySplit(run.project, OFF).catch((failure: unknown) =>
    run.context.emit({
      type: 'warning',
      text: `The traffic could not be taken off: ${messageOf(failure)}`,
    }),
  );
  await record(run, { type: 'weight-set', weight: 0, counts: await entryCounts(run.project) });
  if (hasCode(error, 'judged-bad')) {
    const release = await readRelease(run.project, run.release.id);
    await recordVerdict(run, release, error);
    // What no user has seen can be deployed again as it is, once canary.yaml declares what is meant.
    const hadUsers = release.weights.some(({ weight }) => weight > 0);
    return revertBadCanary(run, error.message, commits && hadUsers);
  }
  const { state, reason } = outcome(await readRelease(run.project, run.release.id), error);
  await changeState(run, state, reason);
}

/** Why a canary was found bad before its first user; what was found later is noted where it was. */
async function recordVerdict(
  run: ReleaseRun,
  { verdict }: Release,
  { message, details }: CanaryError,
): Promise<void> {
  if (verdict?.result === 'fail') return;
  const reasons = details.length > 0 ? details : [message];
  await record(run, { type: 'verdict-given', verdict: { result: 'fail', reasons } });
}

/** A canary that had users and is whole waits for a person; any other has failed. */
function outcome(
  { progress, state }: Release,
  error: unknown,
): { state: ReleaseState; reason: string } {
  const place = progress && state === 'advancing' ? ` in ${stepName(progress)}` : '';
  const goesOn = 'no user is on the canary; `canary resume` goes on';
  if (hasCode(error, 'not-measured'))
    return { state: 'inconclusive', reason: `${messageOf(error)} No user is on the canary` };
  if (hasCode(error, 'breaker-tripped'))
    return { state: 'paused', reason: `the breaker took the canary out${place}; ${goesOn}` };
  const isInterrupted = hasCode(error, 'interrupted');
  if (isInterrupted && place) return { state: 'paused', reason: `interrupted${place}; ${goesOn}` };
  if (isInterrupted || hasCode(error, 'stopped'))
    return { state: 'failed', reason: 'interrupted; no user is on the canary' };
  return { state: 'failed', reason: messageOf(error) };
}
