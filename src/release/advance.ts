import { sentence, type Verdict } from '../analysis/combine.ts';
import { CanaryError } from '../errors.ts';
import { baselinesOf } from '../execution/baseline-source.ts';
import { situationOf } from '../execution/facts.ts';
import { observe } from '../execution/observe.ts';
import { entryCounts } from '../execution/split.ts';
import type { Checkout } from '../project/checkout/checkout.ts';
import { record } from '../project/run.ts';
import { formatWeight } from '../proxy/weight.ts';
import type { Observed } from '../rollout/observed.ts';
import type { Plan } from '../rollout/operation.ts';
import { nextAction, type Ramp, stepName, weightStep } from '../rollout/progress.ts';
import { reconcile } from '../rollout/reconcile.ts';
import { describeRampStep, type RampStep } from '../rollout/step.ts';
import { endTest } from './ab-test.ts';
import { preparePromotion } from './auto-promotion.ts';
import { reasonsOf } from './bad-verdict.ts';
import { inPhases } from './execute-in-phases.ts';
import { finishStep, watchOf } from './finish-step.ts';
import { type Arrival, changeState, readRelease } from './releases.ts';
import type { JudgedRun, WalkRun } from './walk-run.ts';
import { watchUntil, whileWatched } from './watch.ts';

/**
 * Goes through the steps of a release from where its journal says it is, in this process: weight, wait, next.
 * Ends where a person has to go on. Needs the lock; throws when the canary breaks or somebody stops it.
 * `begun` is the world as it was when this process began the step: what broke since then is not mended but told.
 */
export async function walk(run: JudgedRun, begun?: Observed): Promise<Walked> {
  const { context } = run;
  let inForce = begun ?? (await findInForce(run));
  let patience: Date | undefined;
  for (;;) {
    const ramp = await readRamp(run);
    const action = nextAction(ramp, context.clock.now(), inForce !== undefined);
    switch (action.do) {
      case 'begin':
        if (inForce) await watchUntil(run, watchOf(run, ramp, inForce), context.clock.now());
        inForce = await beginStep(run, ramp, action.index);
        patience = undefined;
        break;
      case 'hold':
        if (inForce) await watchUntil(run, watchOf(run, ramp, inForce), action.until);
        break;
      case 'finish-step': {
        const now = context.clock.now().getTime();
        patience ??= new Date(now + run.project.config.progressDeadline);
        const stuck = await finishStep(run, ramp, inForce, patience);
        if (stuck) return remainUnsure(run, ramp, stuck);
        break;
      }
      case 'ask':
        return arrive(run, ramp, (weight) => {
          const place = `${stepName(ramp)} waits for a person at ${weight}`;
          return `${place}; \`canary resume\` goes on`;
        });
      case 'end':
        if (ramp.strategy === 'ab') return endTest(run);
        return finishWalk(run, ramp, inForce);
    }
  }
}

/** After the last step: what passed under everybody's eyes may become the stable, of anything else a person decides. */
async function finishWalk(
  run: JudgedRun,
  ramp: Ramp,
  inForce: Observed | undefined,
): Promise<Walked> {
  const every = (weight: string) => `at ${weight}, every step done; promote or revert`;
  const isJudged = run.analysis !== undefined && inForce !== undefined && inForce.proxy.weight > 0;
  if (!isJudged || run.project.config.promote === 'manual') return arrive(run, ramp, every);
  const prepared = await whileWatched(run, watchOf(run, ramp, inForce), preparePromotion);
  if ('checkout' in prepared) return { ...(await arrive(run, ramp, every)), ...prepared };
  const reason = `every step passed, but it cannot be promoted: ${prepared.refusal}`;
  return arrive(run, ramp, () => reason, 'inconclusive');
}

/** Leaves the canary with the users it has: nothing speaks against it, and not enough for it. */
async function remainUnsure(run: WalkRun, ramp: Ramp, verdict: Verdict): Promise<Arrival> {
  const result = verdict.result === 'error' ? 'error' : 'inconclusive';
  await record(run, { type: 'verdict-given', verdict: { result, reasons: reasonsOf(verdict) } });
  return arrive(
    run,
    ramp,
    (weight) => `${stepName(ramp)} at ${weight} could not be judged: ${sentence(verdict)}`,
    'inconclusive',
  );
}

/** `checkout`: what is to become the stable now. */
export type Walked = Arrival & { checkout?: Checkout };

/** Leaves a release at the step that is in force, for `resume` to go on. */
export async function leaveWalk(run: WalkRun): Promise<Arrival> {
  const ramp = await readRamp(run);
  return arrive(run, ramp, (weight) => {
    const place = `${stepName(ramp)} is in force, at ${weight}`;
    return `${place}; \`canary resume\` ${ramp.strategy === 'ab' ? 'waits for the end of the test' : 'goes on'}`;
  });
}

/** Notes the steps of a release and brings the first one about. */
export async function beginWalk(run: WalkRun, steps: readonly RampStep[]): Promise<Observed> {
  const strategy = run.project.config.strategy.kind;
  await record(run, { type: 'ramp-begun', strategy, steps });
  return beginStep(run, await readRamp(run), 0);
}

/** Brings a step about and gives what the world then looks like. The first one builds and starts the canary. */
async function beginStep(run: WalkRun, ramp: Ramp, index: number): Promise<Observed> {
  const { context, project } = run;
  const step = ramp.steps[index] as RampStep;
  const began = { ...ramp, index };
  const plan = await planStep(run, began);
  context.emit({ type: 'plan-made', plan });
  await inPhases(run, plan);
  const counts = await entryCounts(project);
  const of = ramp.steps.length;
  await record(run, { type: 'ramp-step-begun', index, of, step, counts });
  await changeState(run, 'ramping', `${stepName(began)}: ${describeRampStep(step)}`);
  return observe(context, project);
}

async function planStep(run: WalkRun, ramp: Ramp): Promise<Plan> {
  const { context, project, checkout } = run;
  // Not as it began: what this very command has rehearsed and migrated is in the journal alone.
  const release = await readRelease(project, run.release.id);
  const { commit, services } = release;
  const { weight, replicas } = weightStep(ramp, ramp.index) ?? { weight: 0 };
  const baseline = baselinesOf(project);
  const canary = { commit, services, weight, replicas, baseline, cause: stepName(ramp) };
  const observed = await observe(context, project);
  return reconcile({ canary }, observed, await situationOf(context, project, checkout, release));
}

/** The world, when the step that a killed process left is still as it should be: nothing is left to do for it. */
async function findInForce(run: WalkRun): Promise<Observed | undefined> {
  const ramp = await readRamp(run);
  if (ramp.index < 0) return undefined;
  const plan = await planStep(run, ramp);
  const isInForce = plan.every(({ kind }) => kind === 'await-ready');
  return isInForce ? observe(run.context, run.project) : undefined;
}

async function arrive(
  run: WalkRun,
  ramp: Ramp,
  say: (weight: string) => string,
  state: 'paused' | 'inconclusive' = 'paused',
): Promise<Arrival> {
  const weight = weightStep(ramp, ramp.index)?.weight ?? 0;
  const reason = say(formatWeight(weight));
  await changeState(run, state, reason);
  return { state, reason, weight, step: ramp.index + 1, steps: ramp.steps.length };
}

async function readRamp(run: WalkRun): Promise<Ramp> {
  const { ramp } = await readRelease(run.project, run.release.id);
  if (ramp) return ramp;
  throw new CanaryError('internal', 'The release has no steps to go through.');
}
