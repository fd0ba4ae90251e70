import { parseEvidence } from './evidence.ts';
import { explain } from './explain.ts';
import { Judge, type JudgeSettings } from './judge.ts';

/** How far a judge is: at 1, `against` fails the canary, and `for` passes its step. */
export interface Standing {
  against: number;
  for: number;
  /** One sentence with the numbers. */
  text: string;
}

/** The evidence that another process records, read again and again while it grows. */
export class RecordedEvidence {
  private readonly judge: Judge;
  private taken = 0;
  private moments = 0;

  constructor(settings: JudgeSettings) {
    this.judge = new Judge(settings, 0);
  }

  /** Takes the whole text of the record; only what was added since the last time is weighed. */
  read(text: string): void {
    const end = text.lastIndexOf('\n') + 1;
    for (const moment of parseEvidence(text.slice(this.taken, end))) {
      this.judge.weigh(moment);
      this.moments += 1;
    }
    this.taken = Math.max(this.taken, end);
  }

  /** How far the judge is on the way to a weight; `undefined` before anything was recorded. */
  standing(nextWeight: number, minimumRequests: number): Standing | undefined {
    if (this.moments === 0) return undefined;
    // The record contains only finished moments: passing time ends none.
    const verdict = this.judge.verdict(nextWeight, 0, minimumRequests);
    return {
      ...this.judge.distances(nextWeight, minimumRequests),
      text: explain(verdict),
    };
  }
}
