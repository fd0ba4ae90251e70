import { combine, sentence, type Verdict } from '../../analysis/combine.ts';
import type { Opinion } from '../../analysis/opinion.ts';
import { type ReleaseRun, record } from '../../project/run.ts';
import { type StepProgress, weightStep } from '../../rollout/progress.ts';
import { type HookFacts, runHooks } from '../hooks.ts';
import { reasonsOf } from './bad-verdict.ts';
import { askGates } from './gates.ts';
import { type Watch, watchUntil, whileWatched } from './watch.ts';

/** How often it asks whether enough is known. */
const ASK_EVERY_MS = 2000;

/**
 * Counts a step as done once all sources that look at the canary let it pass; waits for what is not known yet.
 * Returns the verdict if that takes longer than the deadline. Throws when the canary is judged bad meanwhile.
 */
export async function finishStep(
  run: ReleaseRun,
  progress: StepProgress,
  watch: Watch | undefined,
  patience: Date,
): Promise<Verdict | undefined> {
  const { clock } = run.context;
  for (;;) {
    // Throws when it is bad.
    if (watch) await watchUntil(run, watch, clock.now());
    const verdict = await ask(run, progress, watch);
    if (verdict.result === 'pass') {
      await during(run, watch, run.project.config.hooks.postStep.length > 0, (each) =>
        runHooks(each, 'postStep', factsOf(progress, sentence(verdict))),
      );
      const reasons = reasonsOf(verdict);
      if (reasons.length > 0)
        await record(run, { type: 'verdict-given', verdict: { result: 'pass', reasons } });
      await record(run, { type: 'step-done', index: progress.index });
      return undefined;
    }
    if (clock.now() >= patience) return verdict;
    const next = new Date(clock.now().getTime() + ASK_EVERY_MS);
    if (watch) await watchUntil(run, watch, next);
    else await clock.sleep(ASK_EVERY_MS, run.signal);
  }
}

/** An A/B test is compared at its end, and without users there is nothing to judge: then there are no opinions. */
function judge(progress: StepProgress, watch: Watch | undefined): readonly Opinion[] {
  const isJudged = watch && progress.strategy !== 'ab' && watch.inForce.proxy.weight > 0;
  if (!isJudged || !watch.analysis) return [];
  return watch.analysis.verdict(watch.nextWeight, watch.minimumRequests).opinions;
}

/** Gates are asked once everything else passes: each question may cost something. */
async function ask(
  run: ReleaseRun,
  progress: StepProgress,
  watch: Watch | undefined,
): Promise<Verdict> {
  const opinions = judge(progress, watch);
  const verdict = combine(opinions);
  if (verdict.result !== 'pass') return verdict;
  // From canary.yaml: the journal does not keep the commands and URLs of gates.
  const gates =
    (progress.strategy === 'canary' && run.project.config.steps[progress.index]?.gates) || [];
  const answers = await during(run, watch, gates.length > 0, (each) => askGates(each, gates));
  return combine([...opinions, ...answers]);
}

/** Other programs and servers may be slow: the canary is watched meanwhile. */
function during<T>(
  run: ReleaseRun,
  watch: Watch | undefined,
  takesTime: boolean,
  work: (run: ReleaseRun) => Promise<T>,
): Promise<T> {
  return watch && takesTime ? whileWatched(run, watch, work) : work(run);
}

function factsOf(progress: StepProgress, reason: string): HookFacts {
  const { index, steps } = progress;
  const weight = weightStep(progress, index)?.weight ?? 0;
  return { step: index + 1, steps: steps.length, weight, verdict: 'pass', reason };
}
