import { formatWeight } from '../proxy/weight.ts';
import { byWeight, sameSplit } from '../proxy/weight-map.ts';
import type { Observed } from '../rollout/observed.ts';
import { stepName, waitsForPerson, weightStep } from '../rollout/ramp.ts';
import { reconcile } from '../rollout/reconcile.ts';
import { analysing } from './analysis/analysis.ts';
import type { Context } from './context.ts';
import { execute } from './execution/execute.ts';
import { record } from './execution/run.ts';
import { situationOf } from './execution/situation.ts';
import { checkOut } from './project/checkout.ts';
import { promotePassed } from './release/passed.ts';
import { type Arrival, changeState } from './release/releases.ts';
import { steering } from './release/steering.ts';
import { walk } from './release/walk.ts';
import type { WalkRun } from './release/walk-run.ts';
import { takingOff } from './release/way-out.ts';

export type ResumeResult = { release: string; changed: boolean } & Arrival;

/**
 * Gives a canary its users back that `pause` or the breaker took, or that were lost with an interrupted command,
 * and goes on with its steps. Where a step waits for a person and nothing was taken, that person goes on by this.
 */
export async function resume(context: Context): Promise<ResumeResult> {
  return steering(context, 'resume', {}, async (run, observed) => {
    const { release, project } = run;
    const { id, ramp, state, reason } = release;
    const whole: WalkRun = { ...run, checkout: await checkOut(context, project, release.commit) };
    const isStanding = !ramp || (state === 'paused' && waitsForPerson(ramp));
    const back = isStanding ? await giveBack(whole, observed) : undefined;
    if (back) return { release: id, changed: true, ...back };
    if (!ramp || (isStanding && ramp.isStepDone)) {
      const { weight } = observed.proxy;
      return { release: id, changed: false, state, reason, weight };
    }
    if (isStanding) await record(run, { type: 'ramp-step-done', index: ramp.index });
    const arrival = await takingOff(whole, true, () =>
      analysing(whole, (analysis) => walk({ ...whole, analysis })),
    );
    const end = arrival.isPassed ? await promotePassed(whole) : arrival;
    return { release: id, changed: true, ...end };
  });
}

/** The users it had; nothing when it has them. */
async function giveBack(run: WalkRun, observed: Observed): Promise<Arrival | undefined> {
  const { context, project, checkout } = run;
  const { commit, services, heldWeight, ramp } = run.release;
  const stepWeight = ramp && (weightStep(ramp, ramp.index)?.weight ?? 0);
  const before = observed.proxy.hasExpired ? run.release.weight : observed.proxy.weight;
  const weight = stepWeight ?? heldWeight ?? before;
  const { tripped } = observed.proxy;
  if (sameSplit(observed.proxy, byWeight(weight)) && tripped.length === 0) return undefined;
  const situation = await situationOf(context, project, checkout);
  await execute(run, reconcile({ canary: { commit, services, weight } }, observed, situation));
  const waits = ramp && !ramp.isStepDone;
  const next = waits ? `; ${stepName(ramp)} waits for a person: \`canary resume\` goes on` : '';
  const reason = `at ${formatWeight(weight)}, resumed by hand${next}`;
  await changeState(run, 'paused', reason);
  return { state: 'paused', reason, weight };
}
