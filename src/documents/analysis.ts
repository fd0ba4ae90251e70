import type { JudgeSettings } from '../analysis/judge.ts';
import type { StepVerdict } from '../analysis/replay.ts';
import type { ReleaseVerdict } from '../rollout/verdict.ts';

/** A recorded release, judged again. */
export interface Analysis {
  version: 1;
  release: string;
  /** The verdict on the release at the time; `null` if it was not judged. */
  recorded: ReleaseVerdict | null;
  steps: JudgedStep[];
  /** The settings used for this judgement. */
  settings: Pick<JudgeSettings, 'alpha' | 'margin' | 'minimumRequests' | 'signals'>;
}

/** The judge's verdict at the end of a step. */
export interface JudgedStep extends Omit<StepVerdict, 'at'> {
  /** When the result was known. */
  at: string;
}
