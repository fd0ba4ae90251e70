import type { JudgeSettings } from '../analysis/judge.ts';
import type { StepVerdict } from '../analysis/replay.ts';
import type { ReleaseVerdict } from '../rollout/verdict.ts';

/** A recorded release, judged again. */
export interface Analysis {
  version: 1;
  release: string;
  /** What the release was judged to be then. */
  recorded: ReleaseVerdict | null;
  steps: JudgedStep[];
  /** The settings of this judgement. */
  settings: Pick<JudgeSettings, 'alpha' | 'margin' | 'minimumRequests' | 'signals'>;
}

/** What the judge says of a step at its end. */
export interface JudgedStep extends Omit<StepVerdict, 'at'> {
  /** When that was known. */
  at: string;
}
