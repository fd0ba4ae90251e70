import { explain } from './explain.ts';
import { Judge, type JudgeSettings, type SignalMoment } from './judge.ts';
import type { Opinion } from './opinion.ts';

/** A step as it was taken. */
export interface PastStep {
  weight: number;
  /** The weight that was to come after it. */
  nextWeight: number;
  minimumRequests: number;
  /** When it ended, in milliseconds; absent for the one that was in force last. */
  endedAt: number | undefined;
}

/** What a judge says of a step at its end. */
export interface StepVerdict {
  weight: number;
  /** `fail`: then no later step is judged. */
  result: Opinion['result'];
  text: string;
  /** When that was known, in milliseconds. */
  at: number;
}

/**
 * Judges a release again by what was recorded of it. A failure is told at the moment it would have been seen. What is slow
 * and what is an unusual size stays as it was: the record keeps who was hit, not how long answers took.
 */
export function replay(
  moments: readonly SignalMoment[],
  steps: readonly PastStep[],
  settings: JudgeSettings,
): StepVerdict[] {
  const judge = new Judge(settings, moments[0]?.at ?? 0);
  const judged: StepVerdict[] = [];
  let next = 0;
  for (const { weight, nextWeight, minimumRequests, endedAt } of steps) {
    const until = endedAt ?? Number.POSITIVE_INFINITY;
    let at = moments[next]?.at ?? 0;
    const say = () => {
      // The record has whole moments: nothing is left open that time would close.
      const verdict = judge.verdict(nextWeight, 0, minimumRequests);
      return { weight, result: verdict.result, text: explain(verdict), at };
    };
    for (; next < moments.length && (moments[next]?.at ?? 0) <= until; next += 1) {
      const moment = moments[next] as SignalMoment;
      judge.weigh(moment);
      at = moment.at;
      const now = say();
      if (now.result === 'fail') return [...judged, now];
    }
    judged.push(say());
  }
  return judged;
}
