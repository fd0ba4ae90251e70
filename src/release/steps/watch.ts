import { sentence, type Verdict } from '../../analysis/combine.ts';
import { CanaryError } from '../../errors.ts';
import { observe } from '../../execution/observe.ts';
import { breakerTripped } from '../../execution/operations/breaker.ts';
import { renewAge } from '../../execution/operations/traffic.ts';
import { silentEntries } from '../../execution/silent.ts';
import { applySplit } from '../../execution/split.ts';
import type { Analysis } from '../../probes/analysing.ts';
import type { ReleaseRun } from '../../project/run.ts';
import { byWeight, OFF, sameSplit } from '../../proxy/weight-map.ts';
import { brokenSince, removedSince } from '../../rollout/health.ts';
import type { Observed } from '../../rollout/observed.ts';
import { type StepProgress, weightAfter, weightStep } from '../../rollout/progress.ts';
import { ended } from '../../sentences.ts';
import { takeUsersOffBadCanary } from './bad-verdict.ts';
import { canaryRemoved } from './canary-removed.ts';

export interface Watch {
  /** The world as it was when the step began. */
  inForce: Observed;
  /** What judges, if anything does, and for which weight. */
  analysis: Analysis | undefined;
  nextWeight: number;
  minimumRequests: number;
}

/** How a step that is in force is watched, and by what. */
export function watchOf(
  { project }: ReleaseRun,
  analysis: Analysis | undefined,
  progress: StepProgress,
  inForce: Observed,
): Watch {
  const step = weightStep(progress, progress.index);
  const settings = project.config.analysis;
  return {
    inForce,
    analysis,
    nextWeight: weightAfter(progress),
    minimumRequests: step?.minimumRequests ?? (settings ? settings.minimumRequests : 0),
  };
}

const LOOK_EVERY_MS = 1000;
const FOREVER = new Date(8.64e15);
const TELL_EVERY_MS = 5000;
/** A verdict costs next to nothing: it is asked for far more often than the engine is. */
const JUDGE_EVERY_MS = 100;
/** How long it takes to weigh a burst of failures that tripped the breaker. */
const WEIGHED_AFTER_MS = 3000;

/**
 * Waits while the canary has its users, and checks every second whether it still is what it was, and whether it is
 * judged bad meanwhile: then it takes every user off and throws. Also throws when the breaker takes the canary out, one
 * of its containers breaks, or another command moves its users. Looks at least once.
 */
export async function watchUntil(run: ReleaseRun, watch: Watch, until: Date): Promise<void> {
  const { clock } = run.context;
  let lastSeen = clock.now().getTime();
  let lastTold = lastSeen;
  let silent: readonly string[] = [];
  for (;;) {
    run.signal.throwIfAborted();
    const observed = await observe(run);
    const removed = removedSince(watch.inForce, observed, run.release);
    if (removed.length > 0) throw await canaryRemoved(run, removed);
    const isSeen = observed.proxy.state === 'running';
    if (isSeen) {
      lastSeen = clock.now().getTime();
      await takeUsersOffOnChange(run, watch, observed);
      await renewAge(run, watch.inForce, observed);
    } else if (clock.now().getTime() - lastSeen > run.project.config.startTimeout) {
      throw proxyGone(observed);
    }
    silent = tellSilent(run, observed, silent);
    const verdict = await takeUsersOffIfBad(run, watch);
    if (verdict && clock.now().getTime() - lastTold >= TELL_EVERY_MS) {
      run.context.emit({ type: 'judging', text: sentence(verdict) });
      lastTold = clock.now().getTime();
    }
    const left = until.getTime() - clock.now().getTime();
    if (left <= 0 && isSeen) return;
    await judgeFor(run, watch, isSeen ? Math.min(left, LOOK_EVERY_MS) : LOOK_EVERY_MS);
  }
}

/**
 * Does slow work while the canary has users, and watches the canary meanwhile: an error of the watch stops the work.
 */
export async function whileWatched<T>(
  run: ReleaseRun,
  watch: Watch,
  work: (run: ReleaseRun) => Promise<T>,
): Promise<T> {
  const done = new AbortController();
  const broken = new AbortController();
  const watching = watchUntil(
    { ...run, signal: AbortSignal.any([run.signal, done.signal]) },
    watch,
    FOREVER,
  ).catch((error: unknown) => {
    if (!done.signal.aborted) broken.abort(error);
  });
  try {
    const result = await work({ ...run, signal: AbortSignal.any([run.signal, broken.signal]) });
    broken.signal.throwIfAborted();
    return result;
  } catch (error) {
    throw broken.signal.aborted ? broken.signal.reason : error;
  } finally {
    done.abort();
    await watching;
  }
}

async function judgeFor(run: ReleaseRun, watch: Watch, ms: number): Promise<void> {
  const { clock } = run.context;
  const until = clock.now().getTime() + ms;
  for (let left = ms; left > 0; left = until - clock.now().getTime()) {
    await clock.sleep(Math.min(left, JUDGE_EVERY_MS), run.signal);
    await takeUsersOffIfBad(run, watch);
  }
}

async function takeUsersOffIfBad(run: ReleaseRun, watch: Watch): Promise<Verdict | undefined> {
  const { analysis, nextWeight, minimumRequests } = watch;
  const verdict = analysis?.verdict(nextWeight, minimumRequests);
  if (verdict?.result === 'fail') throw await takeUsersOffBadCanary(run, verdict);
  return verdict;
}

async function takeUsersOffOnChange(
  run: ReleaseRun,
  watch: Watch,
  { proxy, containers }: Observed,
): Promise<void> {
  const { inForce, analysis } = watch;
  const broken = brokenSince(inForce, { proxy, containers }, run.release);
  if (broken) {
    // Before its log is read, which takes longer.
    await applySplit(run.project, OFF);
    const { container, problem } = broken;
    const words = () => run.context.engine.logs(container.id, 12);
    const text = ended(`Container ${container.name} ${problem}`);
    if (analysis) {
      const opinions = [{ source: 'containers', result: 'fail', text }] as const;
      throw await takeUsersOffBadCanary(run, { result: 'fail', opinions }, words);
    }
    throw new CanaryError('not-ready', text, {
      details: await words(),
      hint: 'No user is on the canary. Its last lines are above.',
    });
  }
  // A dead container also trips the breaker, but that explains less.
  if (proxy.tripped.length > 0) {
    // It has no users any more; the judge decides whether that is its own fault, or both sides fail.
    if (analysis) await judgeFor(run, watch, WEIGHED_AFTER_MS);
    throw breakerTripped(proxy.tripped);
  }
  if (sameSplit(proxy, byWeight(inForce.proxy.weight))) return;
  throw new CanaryError('stopped', 'Another command moved the canary’s users.', {
    hint: '`canary status` says where it stands.',
  });
}

/** Says once of each stable that its users get errors: it is not the canary's fault, and nobody else may look. */
function tellSilent(
  { context, project }: ReleaseRun,
  observed: Observed,
  told: readonly string[],
): readonly string[] {
  const silent = silentEntries(project, observed);
  for (const service of silent.filter((each) => !told.includes(each))) {
    const text = `The proxy does not reach the stable of ${service}: its users get errors. If it does not run, \`docker start\` its container, or end the canary and run \`canary up\`.`;
    context.emit({ type: 'warning', text });
  }
  return silent;
}

function proxyGone({ proxy }: Observed): CanaryError {
  return new CanaryError('proxy-unreachable', `The proxy is ${proxy.state}.`, {
    hint: 'Run `canary up`, then `canary resume`.',
  });
}
