import type { Strategy } from '../config/strategy.ts';
import { type Counts, lessCounts, NO_COUNTS } from '../proxy/counts.ts';
import type { ReleaseEvent } from './events.ts';
import type { RampStep } from './step.ts';

/** The steps of a release and where it is, by its journal. */
export interface Ramp {
  strategy: Strategy['kind'];
  steps: readonly RampStep[];
  /** The step begun last; -1 before the first. */
  index: number;
  /** When that was. */
  begunAt: string;
  /** Its time is over, or a person went on. */
  isStepDone: boolean;
  /** What the proxy had counted when the first step began. */
  counts: Counts;
}

/** What to do next. */
export type RampAction =
  | { do: 'begin'; index: number }
  | { do: 'hold'; until: Date }
  | { do: 'finish-step' }
  /** Only a person goes on. */
  | { do: 'ask' }
  | { do: 'end' };

/** The next state of a ramp, by a record of the journal; `undefined` where there is none (any more). */
export function foldRamp(
  ramp: Ramp | undefined,
  record: ReleaseEvent & { at: string },
): Ramp | undefined {
  if (record.type === 'ramp-begun') {
    const { strategy, steps, at } = record;
    return { strategy, steps, index: -1, begunAt: at, isStepDone: true, counts: NO_COUNTS };
  }
  if (record.type === 'ramp-left' || !ramp) return undefined;
  switch (record.type) {
    case 'ramp-step-begun': {
      const isFirst = ramp.index < 0;
      // The time of an A/B test passes whatever interrupts it; any other step is held anew.
      const goesOn = ramp.strategy === 'ab' && !isFirst;
      return {
        ...ramp,
        index: record.index,
        isStepDone: false,
        begunAt: goesOn ? ramp.begunAt : record.at,
        counts: isFirst ? { ...NO_COUNTS, ...record.counts } : ramp.counts,
      };
    }
    case 'ramp-step-done':
      return { ...ramp, isStepDone: true };
    case 'proxy-reloaded':
      return { ...ramp, counts: lessCounts(ramp.counts, record.counts) };
    default:
      return ramp;
  }
}

/**
 * What comes next. A step whose users were taken away (`isInForce` is false) is begun again and held for its whole
 * time. A judge has its say where a step is finished; nothing here goes beyond the last one.
 */
export function nextAction(ramp: Ramp, now: Date, isInForce: boolean): RampAction {
  if (ramp.isStepDone) {
    const goesOn = isInForce || ramp.index < 0 || ramp.strategy === 'ab';
    const index = goesOn ? ramp.index + 1 : ramp.index;
    return index < ramp.steps.length ? { do: 'begin', index } : { do: 'end' };
  }
  const until = endOfStep(ramp);
  if (!until) return { do: 'ask' };
  const isOver = now >= until;
  if (isOver && (isInForce || ramp.strategy === 'ab')) return { do: 'finish-step' };
  return isInForce ? { do: 'hold', until } : { do: 'begin', index: ramp.index };
}

/** When the time of the step is over; `undefined` for one that waits for a person, and before the first. */
export function endOfStep(ramp: Ramp): Date | undefined {
  const step = ramp.steps[ramp.index];
  if (!step || 'pause' in step) return undefined;
  return new Date(Date.parse(ramp.begunAt) + step.for);
}

/** The step that says what is in force at an index: the last one with a weight. */
export function weightStep(
  { steps }: Pick<Ramp, 'steps'>,
  index: number,
): Exclude<RampStep, { pause: true }> | undefined {
  const step = steps.slice(0, index + 1).findLast((each) => 'weight' in each);
  return step && 'weight' in step ? step : undefined;
}

/** The weight that comes after the step that is in force: that of a later one, or everybody in a promotion. */
export function weightAfter({ steps, index }: Pick<Ramp, 'steps' | 'index'>): number {
  const next = steps.slice(index + 1).find((each) => 'weight' in each);
  return next && 'weight' in next ? next.weight : 100;
}

/** Whether nothing happens by itself any more: a pause, or every step is done. */
export function waitsForPerson(ramp: Ramp): boolean {
  if (ramp.isStepDone) return ramp.index === ramp.steps.length - 1 && ramp.strategy !== 'ab';
  return ramp.index >= 0 && endOfStep(ramp) === undefined;
}

/** Whether the canary is to have more containers than it has at this step. */
export function isPartial(ramp: Ramp): boolean {
  const replicas = (index: number) => weightStep(ramp, index)?.replicas ?? 0;
  return ramp.strategy === 'rolling' && replicas(ramp.index) < replicas(ramp.steps.length - 1);
}

/** `step 2 of 4`. */
export function stepName({ steps, index }: Pick<Ramp, 'steps' | 'index'>): string {
  return `step ${Math.max(0, index) + 1} of ${steps.length}`;
}
