import { sentence, type Verdict } from '../../analysis/combine.ts';
import type { Arrival } from '../../documents/traffic.ts';
import { CanaryError } from '../../errors.ts';
import { baselinesOf } from '../../execution/baseline-source.ts';
import { converge, planFor } from '../../execution/converge.ts';
import { observe } from '../../execution/observe.ts';
import { entryCounts } from '../../execution/split.ts';
import type { Analysis } from '../../probes/analysing.ts';
import type { Checkout } from '../../project/checkout/checkout.ts';
import { type ReleaseRun, record, releaseNow } from '../../project/run.ts';
import { formatWeight } from '../../proxy/weight.ts';
import type { Observed } from '../../rollout/observed.ts';
import { nextAction, type StepProgress, stepName, weightStep } from '../../rollout/progress.ts';
import type { DesiredCanary } from '../../rollout/reconcile.ts';
import { describeStep, type Step } from '../../rollout/step.ts';
import { endAbTest } from '../ending/ab-test.ts';
import { preparePromotion } from '../promotion/auto-promotion.ts';
import { changeState } from '../records/releases.ts';
import { reasonsOf } from './bad-verdict.ts';
import { inPhases } from './execute-in-phases.ts';
import { finishStep } from './finish-step.ts';
import { type Watch, watchOf, watchUntil, whileWatched } from './watch.ts';

/**
 * Goes through the steps of a release from where its journal says it is, in this process: weight, wait, next.
 * Ends where a person must continue. Needs the lock; throws when the canary breaks or another command stops it.
 * `begun` is the world as it was when this process began the step: what broke since then is reported, not fixed.
 */
export async function advance(
  run: ReleaseRun,
  analysis: Analysis | undefined,
  begun?: Observed,
): Promise<Advanced> {
  const { context } = run;
  let inForce = begun ?? (await findInForce(run));
  let patience: Date | undefined;
  for (;;) {
    const progress = await readProgress(run);
    const action = nextAction(progress, context.clock.now(), inForce !== undefined);
    const watch = inForce && watchOf(run, analysis, progress, inForce);
    switch (action.do) {
      case 'begin':
        if (watch) await watchUntil(run, watch, context.clock.now());
        inForce = await beginStep(run, progress, action.index);
        patience = undefined;
        break;
      case 'hold':
        if (watch) await watchUntil(run, watch, action.until);
        break;
      case 'finish-step': {
        const now = context.clock.now().getTime();
        patience ??= new Date(now + run.project.config.progressDeadline);
        const stuck = await finishStep(run, progress, watch, patience);
        if (stuck) return remainUnsure(run, progress, stuck);
        break;
      }
      case 'ask':
        return arrive(run, progress, (weight) => {
          const place = `${stepName(progress)} waits for a person at ${weight}`;
          return `${place}; \`canary resume\` goes on`;
        });
      case 'end':
        if (progress.strategy === 'ab') return endAbTest(run);
        return finishSteps(run, progress, watch);
    }
  }
}

/** After the last step: a canary that was judged with users may become the stable; else a person decides. */
async function finishSteps(
  run: ReleaseRun,
  progress: StepProgress,
  watch: Watch | undefined,
): Promise<Advanced> {
  const every = (weight: string) => `at ${weight}, every step is done; promote or revert`;
  const isJudged = watch?.analysis !== undefined && watch.inForce.proxy.weight > 0;
  if (!isJudged || run.project.config.promote === 'manual') return arrive(run, progress, every);
  const prepared = await whileWatched(run, watch, preparePromotion);
  if ('checkout' in prepared) {
    const passed = (weight: string) => `at ${weight}, every step passed`;
    return { ...(await arrive(run, progress, passed)), ...prepared };
  }
  const reason = `every step passed, but it cannot be promoted: ${prepared.refusal}`;
  return arrive(run, progress, () => reason, 'inconclusive');
}

/** Leaves the canary with its users: nothing speaks against it, but not enough for it. */
async function remainUnsure(
  run: ReleaseRun,
  progress: StepProgress,
  verdict: Verdict,
): Promise<Arrival> {
  const result = verdict.result === 'error' ? 'error' : 'inconclusive';
  await record(run, { type: 'verdict-given', verdict: { result, reasons: reasonsOf(verdict) } });
  return arrive(
    run,
    progress,
    (weight) => `${stepName(progress)} at ${weight} could not be judged: ${sentence(verdict)}`,
    'inconclusive',
  );
}

/** `checkout`: what will become the stable now. */
export type Advanced = Arrival & { checkout?: Checkout };

/** Leaves a release at the step that is in force, for `resume` to continue. */
export async function leaveAtStep(run: ReleaseRun): Promise<Arrival> {
  const progress = await readProgress(run);
  return arrive(run, progress, (weight) => {
    const place = `${stepName(progress)} is in force, at ${weight}`;
    return `${place}; \`canary resume\` ${progress.strategy === 'ab' ? 'waits for the end of the test' : 'goes on'}`;
  });
}

/** Records the steps of a release and begins the first one. */
export async function beginSteps(run: ReleaseRun, steps: readonly Step[]): Promise<Observed> {
  const strategy = run.project.config.strategy.kind;
  await record(run, { type: 'steps-begun', strategy, steps });
  return beginStep(run, await readProgress(run), 0);
}

/** Begins a step and returns what the world then looks like. The first one builds and starts the canary. */
async function beginStep(
  run: ReleaseRun,
  progress: StepProgress,
  index: number,
): Promise<Observed> {
  const { project } = run;
  const step = progress.steps[index] as Step;
  const began = { ...progress, index };
  await converge(run, { canary: wantedIn(run, began) }, inPhases);
  const counts = await entryCounts(project);
  await record(run, { type: 'step-begun', index, of: progress.steps.length, step, counts });
  await changeState(run, 'advancing', `${stepName(began)}: ${describeStep(step)}`);
  return observe(run);
}

/** The canary as a step wants it. */
function wantedIn({ project, release }: ReleaseRun, progress: StepProgress): DesiredCanary {
  const { commit, services } = release;
  const { weight, replicas } = weightStep(progress, progress.index) ?? { weight: 0 };
  const baseline = baselinesOf(project);
  return { commit, services, weight, replicas, baseline, cause: stepName(progress) };
}

/** The world, if the step that a killed process left is still as it should be, so that nothing is left to do for it. */
async function findInForce(run: ReleaseRun): Promise<Observed | undefined> {
  const progress = await readProgress(run);
  if (progress.index < 0) return undefined;
  const { plan } = await planFor(run, { canary: wantedIn(run, progress) });
  const isInForce = plan.every(({ kind }) => kind === 'await-ready');
  return isInForce ? observe(run) : undefined;
}

async function arrive(
  run: ReleaseRun,
  progress: StepProgress,
  say: (weight: string) => string,
  state: 'holding' | 'inconclusive' = 'holding',
): Promise<Arrival> {
  const weight = weightStep(progress, progress.index)?.weight ?? 0;
  const reason = say(formatWeight(weight));
  await changeState(run, state, reason);
  return { state, reason, weight, step: progress.index + 1, steps: progress.steps.length };
}

async function readProgress(run: ReleaseRun): Promise<StepProgress> {
  const { progress } = await releaseNow(run);
  if (progress) return progress;
  throw new CanaryError('internal', 'The release has no steps to go through.');
}
