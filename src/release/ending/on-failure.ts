import { CanaryError, hasCode, messageOf } from '../../errors.ts';
import { entryCounts, everyoneOff } from '../../execution/split.ts';
import { type ReleaseRun, record, releaseNow, unstoppable } from '../../project/run.ts';
import type { ReleaseState } from '../../rollout/events.ts';
import { stepName } from '../../rollout/progress.ts';
import type { Release } from '../../rollout/release.ts';
import { clause } from '../../sentences.ts';
import { changeState } from '../records/releases.ts';
import { endCanary } from './end-canary.ts';

/**
 * Does `work`; if anything fails in it, no user stays on the canary, and the journal records why. A canary that is
 * judged bad is also removed and, if `commits` and users have seen it, reverted in git.
 */
export async function takingUsersOffOnFailure<T>(
  run: ReleaseRun,
  commits: boolean,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work();
  } catch (error) {
    await endAfterFailure(run, commits, error);
    throw error;
  }
}

/** Takes the users off a canary that cannot continue, and ends its release if `error` says that it is bad. */
export async function endAfterFailure(
  base: ReleaseRun,
  commits: boolean,
  error: unknown,
): Promise<void> {
  const run = { ...base, wayOut: new Set<string>() };
  // The command that took over moves the users itself: taking them off first would move them twice.
  if (hasCode(error, 'taken-over')) return changeState(run, 'holding', error.message);
  await everyoneOff(run, run.project).catch((failure: unknown) =>
    run.context.emit({
      type: 'warning',
      text: `Could not take the traffic off: ${messageOf(failure)}`,
    }),
  );
  await record(run, { type: 'weight-set', weight: 0, counts: await entryCounts(run.project) });
  const release = await releaseNow(run);
  if (hasCode(error, 'judged-bad')) return endBadCanary(run, release, commits, error);
  if (hasCode(error, 'canary-removed')) return endRemovedCanary(run, error);
  const { state, reason } = outcome(release, error);
  const code = state === 'failed' && error instanceof CanaryError ? error.code : undefined;
  await changeState(run, state, reason, code);
}

/** The canary is removed even if its revert commit fails. */
async function endBadCanary(
  run: ReleaseRun,
  { id, verdict, weights }: Release,
  commits: boolean,
  { message, details }: CanaryError,
): Promise<void> {
  // Found bad before its first user; later verdicts are recorded where they are found.
  if (verdict?.result !== 'fail') {
    const reasons = details.length > 0 ? details : [message];
    await record(run, { type: 'verdict-given', verdict: { result: 'fail', reasons } });
  }
  // A commit that no user has seen can be deployed again as it is, once canary.yaml declares the intended change.
  const hadUsers = weights.some(({ weight }) => weight > 0);
  const because = `The canary of release ${id} was judged bad.\n${message}`;
  const reason = `judged bad: ${clause(message)}`;
  try {
    const commit = commits && hadUsers ? { commit: { because } } : {};
    await endCanary(unstoppable(run), { reason, verdict: 'fail', ...commit });
  } catch (error) {
    if (!hasCode(error, 'revert-failed')) throw error;
    run.context.emit({ type: 'warning', text: error.message });
  }
}

/** What is left of it is removed too; its commit is not to blame. */
async function endRemovedCanary(run: ReleaseRun, { message }: CanaryError): Promise<void> {
  await endCanary(unstoppable(run), { reason: clause(message) });
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
