import { explain } from './explain.ts';
import { Judge, type JudgeSettings, type SignalMoment } from './judge.ts';
import type { Opinion } from './opinion.ts';

/** A step that was taken in the past. */
export interface PastStep {
  weight: number;
  /** The weight planned after it. */
  nextWeight: number;
  minimumRequests: number;
  /** When it ended, in milliseconds; absent for the last step that was in force. */
  endedAt: number | undefined;
}

/** The judge's verdict at the end of a step. */
export interface StepVerdict {
  weight: number;
  /** After `fail`, no later step is judged. */
  result: Opinion['result'];
  text: string;
  /** When the result was known, in milliseconds. */
  at: number;
}

/**
 * Judges a release again from its record. A failure is reported at the moment the judge would have
 * seen it. What counts as slow or as an unusual size cannot change: the record contains which users
 * were hit, not how long responses took.
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
      // The record contains only finished moments: passing time ends none.
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
