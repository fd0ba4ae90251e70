import type { Strategy } from '../config/sections/strategy.ts';
import { type Counts, lessCounts, NO_COUNTS } from '../proxy/counts.ts';
import type { ReleaseEvent } from './events.ts';
import type { Step } from './step.ts';

/** The steps of a release and its position in them, from its journal. */
export interface StepProgress {
  strategy: Strategy['kind'];
  steps: readonly Step[];
  /** The step that began last; -1 before the first. */
  index: number;
  /** When that step began. */
  begunAt: string;
  /** Its time is over, or the operator continued. */
  isStepDone: boolean;
  /** What the proxy had counted when the first step began. */
  counts: Counts;
}

/** What to do next. */
export type NextAction =
  | { do: 'begin'; index: number }
  | { do: 'hold'; until: Date }
  | { do: 'finish-step' }
  /** Only the operator can continue. */
  | { do: 'ask' }
  | { do: 'end' };

/** The progress after a record of the journal; `undefined` if there is none, or none any more. */
export function foldProgress(
  progress: StepProgress | undefined,
  record: ReleaseEvent & { at: string },
): StepProgress | undefined {
  if (record.type === 'steps-begun') {
    const { strategy, steps, at } = record;
    return { strategy, steps, index: -1, begunAt: at, isStepDone: true, counts: NO_COUNTS };
  }
  if (record.type === 'steps-left' || !progress) return undefined;
  switch (record.type) {
    case 'step-begun': {
      const isFirst = progress.index < 0;
      // The time of an A/B test passes whatever interrupts it; any other step starts its time
      // again.
      const goesOn =
        progress.strategy === 'ab' &&
        !isFirst &&
        Date.parse(progress.begunAt) <= Date.parse(record.at);
      return {
        ...progress,
        index: record.index,
        isStepDone: false,
        begunAt: goesOn ? progress.begunAt : record.at,
        counts: isFirst ? { ...NO_COUNTS, ...record.counts } : progress.counts,
      };
    }
    case 'step-done':
      return { ...progress, isStepDone: true };
    case 'proxy-reloaded':
      return { ...progress, counts: lessCounts(progress.counts, record.counts) };
    default:
      return progress;
  }
}

/**
 * Decides what comes next. A step whose users were taken away (`isInForce` is false) begins again
 * and is held for its whole time. The judge decides when a step is finished; nothing here goes
 * beyond the last step.
 */
export function nextAction(progress: StepProgress, now: Date, isInForce: boolean): NextAction {
  if (progress.isStepDone) {
    const goesOn = isInForce || progress.index < 0 || progress.strategy === 'ab';
    const index = goesOn ? progress.index + 1 : progress.index;
    return index < progress.steps.length ? { do: 'begin', index } : { do: 'end' };
  }
  const until = endOfStep(progress);
  if (!until) return { do: 'ask' };
  // Somebody has set the clock back: nobody knows how much of its time is over, and it must not last for hours more.
  if (Date.parse(progress.begunAt) > now.getTime()) return { do: 'begin', index: progress.index };
  const isOver = now >= until;
  if (isOver && (isInForce || progress.strategy === 'ab')) return { do: 'finish-step' };
  return isInForce ? { do: 'hold', until } : { do: 'begin', index: progress.index };
}

/**
 * When the time of the step is over; `undefined` for a step that waits for the operator, and before
 * the first.
 */
export function endOfStep(progress: StepProgress): Date | undefined {
  const step = progress.steps[progress.index];
  if (!step || 'pause' in step) return undefined;
  return new Date(Date.parse(progress.begunAt) + step.for);
}

/** The step whose weight is in force at an index: the last one with a weight. */
export function weightStep(
  { steps }: Pick<StepProgress, 'steps'>,
  index: number,
): Exclude<Step, { pause: true }> | undefined {
  return steps.slice(0, index + 1).findLast((each) => 'weight' in each);
}

/** The weight after the current step: that of a later step, or 100 for a promotion. */
export function weightAfter({ steps, index }: Pick<StepProgress, 'steps' | 'index'>): number {
  return steps.slice(index + 1).find((each) => 'weight' in each)?.weight ?? 100;
}

/** Whether nothing more happens automatically: the step is a pause, or every step is done. */
export function waitsForPerson(progress: StepProgress): boolean {
  if (progress.isStepDone)
    return progress.index === progress.steps.length - 1 && progress.strategy !== 'ab';
  return progress.index >= 0 && endOfStep(progress) === undefined;
}

/** Whether the canary will have more containers than at this step. */
export function isPartial(progress: StepProgress): boolean {
  const replicas = (index: number) => weightStep(progress, index)?.replicas ?? 0;
  return (
    progress.strategy === 'rolling' &&
    replicas(progress.index) < replicas(progress.steps.length - 1)
  );
}

/** `step 2 of 4`. */
export function stepName({ steps, index }: Pick<StepProgress, 'steps' | 'index'>): string {
  return `step ${Math.max(0, index) + 1} of ${steps.length}`;
}
