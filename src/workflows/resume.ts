import type { Context } from '../context.ts';
import { CanaryError, hasCode } from '../errors.ts';
import { execute } from '../execution/execute.ts';
import { situationOf } from '../execution/facts.ts';
import { analysing } from '../probes/probes.ts';
import { checkOut } from '../project/checkout/checkout.ts';
import { record } from '../project/run.ts';
import { formatWeight } from '../proxy/weight.ts';
import { byWeight, sameSplit } from '../proxy/weight-map.ts';
import { type Advanced, advance } from '../release/advance.ts';
import { promotePrepared } from '../release/auto-promotion.ts';
import { takingUsersOffOnFailure } from '../release/on-failure.ts';
import { type Arrival, changeState } from '../release/releases.ts';
import type { WalkRun } from '../release/walk-run.ts';
import { withRunningCanary } from '../release/with-running-canary.ts';
import type { Observed } from '../rollout/observed.ts';
import { stepName, waitsForPerson, weightStep } from '../rollout/progress.ts';
import { reconcile } from '../rollout/reconcile.ts';
import type { ReleaseVerdict } from '../rollout/verdict.ts';

export type ResumeResult = { release: string; changed: boolean } & Arrival;

/**
 * Gives a canary its users back that `pause` or the breaker took, or that were lost with an interrupted command,
 * and goes on with its steps. Where a step waits for a person and nothing was taken, that person goes on by this. When
 * `patience` ends the steps are left as they are; a promotion that has begun is not.
 */
export async function resume(
  context: Context,
  patience = new AbortController().signal,
): Promise<ResumeResult> {
  return withRunningCanary(context, 'resume', {}, async (run, observed) => {
    const { release, project } = run;
    const { id, progress, state, reason } = release;
    const whole: WalkRun = { ...run, checkout: await checkOut(context, project, release.commit) };
    const takeOff = <T>(work: () => Promise<T>) => takingUsersOffOnFailure(whole, true, work);
    // A command that found it bad was killed before it had taken it back.
    if (release.verdict?.result === 'fail') await takeOff(async () => refuse(release.verdict));
    const isStanding = !progress || (state === 'paused' && waitsForPerson(progress));
    const back = isStanding ? await giveBack(whole, observed).catch(endIfBad(whole)) : undefined;
    if (back) return { release: id, changed: true, ...back };
    if (!progress || (isStanding && progress.isStepDone)) {
      const { weight } = observed.proxy;
      return { release: id, changed: false, state, reason, weight };
    }
    if (isStanding) await record(run, { type: 'step-done', index: progress.index });
    const advancing = { ...whole, signal: AbortSignal.any([whole.signal, patience]) };
    const { checkout, ...arrival }: Advanced = await analysing(advancing, (analysis) =>
      takeOff(() => advance({ ...advancing, analysis })),
    );
    const end = checkout ? await promotePrepared(whole, checkout) : arrival;
    return { release: id, changed: true, ...end };
  });
}

function refuse(verdict: ReleaseVerdict | undefined): never {
  const [first = 'The canary was judged bad.', ...more] = verdict?.reasons ?? [];
  throw new CanaryError('judged-bad', first, {
    details: more,
    hint: 'Every user is on the stable. `canary history` keeps why.',
  });
}

/** Also a canary that is to get its users back may turn out to be bad before it does. */
function endIfBad(run: WalkRun): (error: unknown) => Promise<never> {
  return (error) => {
    if (!hasCode(error, 'judged-bad')) throw error;
    return takingUsersOffOnFailure(run, true, async () => {
      throw error;
    });
  };
}

/** The users it had; nothing when it has them. */
async function giveBack(run: WalkRun, observed: Observed): Promise<Arrival | undefined> {
  const { context, project, checkout } = run;
  const { commit, services, heldWeight, progress } = run.release;
  const stepWeight = progress && (weightStep(progress, progress.index)?.weight ?? 0);
  const before = observed.proxy.hasExpired ? run.release.weight : observed.proxy.weight;
  const weight = stepWeight ?? heldWeight ?? before;
  const { tripped } = observed.proxy;
  if (sameSplit(observed.proxy, byWeight(weight)) && tripped.length === 0) return undefined;
  const situation = await situationOf(context, project, checkout, run.release);
  await execute(run, reconcile({ canary: { commit, services, weight } }, observed, situation));
  const waits = progress && !progress.isStepDone;
  const next = waits ? `; ${stepName(progress)} waits for a person: \`canary resume\` goes on` : '';
  const reason = `at ${formatWeight(weight)}, resumed by hand${next}`;
  await changeState(run, 'paused', reason);
  return { state: 'paused', reason, weight };
}
