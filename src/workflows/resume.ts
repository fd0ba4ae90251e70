import type { Context } from '../context.ts';
import type { Arrival, ResumeResult } from '../documents/traffic.ts';
import { CanaryError, hasCode } from '../errors.ts';
import { converge } from '../execution/converge.ts';
import { entryCounts } from '../execution/split.ts';
import { analysing } from '../probes/analysing.ts';
import { checkOutRelease } from '../project/checkout/check-out-release.ts';
import { type ReleaseRun, record, releaseNow } from '../project/run.ts';
import { formatWeight } from '../proxy/weight.ts';
import { byWeight, sameSplit } from '../proxy/weight-map.ts';
import { endAfterFailure, takingUsersOffOnFailure } from '../release/ending/on-failure.ts';
import { promotePrepared } from '../release/promotion/auto-promotion.ts';
import { changeState } from '../release/records/releases.ts';
import { type Advanced, advance } from '../release/steps/advance.ts';
import { withRunningCanary } from '../release/with-running-canary.ts';
import type { Observed } from '../rollout/observed.ts';
import { stepName, waitsForPerson, weightStep } from '../rollout/progress.ts';
import { isWaiting, type Release } from '../rollout/release.ts';
import type { ReleaseVerdict } from '../rollout/verdict.ts';

/**
 * Gives users back to a canary that lost them by `pause`, the breaker or an interrupted command, and continues its
 * steps. If a step waits for a person and no users were taken, this continues the step. When `patience` ends, the
 * steps are left as they are; a promotion that has begun is not.
 */
export async function resume(
  context: Context,
  patience = new AbortController().signal,
): Promise<ResumeResult> {
  return withRunningCanary(context, 'resume', {}, async (base, release, observed) => {
    const { project } = base;
    const { id, progress, state, reason } = release;
    const run = { ...base, checkout: await checkOutRelease(context, project, release) };
    // A command that found it bad was killed before it had taken it back.
    if (release.verdict?.result === 'fail') {
      const error = foundBad(release.verdict);
      await endAfterFailure(run, true, error);
      throw error;
    }
    const isStanding = !progress || (isWaiting(state) && waitsForPerson(progress));
    const back = isStanding ? await giveBack(run, release, observed) : undefined;
    if (back) return { release: id, changed: true, ...back };
    if (!progress || (isStanding && progress.isStepDone)) {
      const { weight } = observed.proxy;
      return { release: id, changed: false, state, reason, weight };
    }
    if (isStanding) await record(run, { type: 'step-done', index: progress.index });
    const advancing = { ...run, signal: AbortSignal.any([run.signal, patience]) };
    const { checkout, ...arrival }: Advanced = await analysing(advancing, (analysis) =>
      takingUsersOffOnFailure(run, true, () => advance(advancing, analysis)),
    );
    const end = checkout ? await promotePrepared(run, checkout) : arrival;
    return { release: id, changed: true, ...end };
  });
}

function foundBad({ reasons }: ReleaseVerdict): CanaryError {
  const [first = 'The canary was judged bad.', ...details] = reasons;
  const hint = 'Every user is on the stable. `canary history` keeps why.';
  return new CanaryError('judged-bad', first, { details, hint });
}

/** Gives back the users it had; nothing if it has them. It may turn out to be bad before it gets them. */
async function giveBack(
  run: ReleaseRun,
  { commit, services, pausedWeight, progress, state, weight: set }: Release,
  { proxy }: Observed,
): Promise<Arrival | undefined> {
  const stepWeight = progress && (weightStep(progress, progress.index)?.weight ?? 0);
  const weight = stepWeight ?? pausedWeight ?? (proxy.hasExpired ? set : proxy.weight);
  // A command that gave them back may have been killed before it had written that down.
  const isDone = sameSplit(proxy, byWeight(weight)) && !proxy.isUnkept && state !== 'paused';
  if (isDone && proxy.tripped.length === 0) return undefined;
  try {
    await converge(run, { canary: { commit, services, weight } });
  } catch (error) {
    if (hasCode(error, 'judged-bad')) await endAfterFailure(run, true, error);
    throw error;
  }
  // They had it already, if a command was killed before it recorded that.
  if ((await releaseNow(run)).weight !== weight)
    await record(run, { type: 'weight-set', weight, counts: await entryCounts(run.project) });
  const waits = progress && !progress.isStepDone;
  const next = waits ? `; ${stepName(progress)} waits for a person: \`canary resume\` goes on` : '';
  const reason = `at ${formatWeight(weight)}, resumed by hand${next}`;
  await changeState(run, 'holding', reason);
  return { state: 'holding', reason, weight };
}
